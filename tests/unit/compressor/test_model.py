"""The model, its per-byte steps and its training, against a reference and torch's own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from perfkit.sample_targets.compressor import ops
from perfkit.sample_targets.compressor.codec import Codec, DamagedFile
from perfkit.sample_targets.compressor.model import Config, make_model
from perfkit.sample_targets.compressor.training import Trainer, chunks
from perfkit.worker.inputs.recorder import SeamRecorder
from tests.unit.compressor import reference
from tests.unit.compressor.conftest import NARROW, TEXT, codec, model, quick, table


def test_it_has_the_documented_size() -> None:
    assert model(config=Config()).parameter_count == 478_720


@pytest.mark.parametrize("length", [1, 2, 7, 64, 128])
def test_predictions_equal_the_reference(length: int) -> None:
    tokens = np.random.default_rng(length).integers(0, 256, length).tolist()
    whole = model(config=Config())
    state = {name: t.numpy() for name, t in whole.state_dict().items()}

    found = ops.predict(ops.BASELINE, whole, tokens)
    np.testing.assert_allclose(found.numpy(), reference.probabilities(state, tokens), rtol=2e-5)


def test_only_the_last_128_bytes_count() -> None:
    tokens = np.random.default_rng(0).integers(0, 256, 300).tolist()

    assert torch.equal(ops.predict(ops.BASELINE, model(), tokens), ops.predict(ops.BASELINE, model(), tokens[-128:]))


def test_equal_seeds_give_equal_weights_and_leave_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, two = make_model(NARROW, 3), make_model(NARROW, 3)
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


@pytest.mark.parametrize("states", [1, 3])
def test_a_cached_context_predicts_what_the_blocks_do(states: int) -> None:
    """Past the end of a block, with streams that differ."""
    plain, cached = (table(name).context for name in ("block-context", "kv-cache"))
    one, two = plain(ops.BASELINE, model(), states), cached(ops.BASELINE, model(), states)
    rng = np.random.default_rng(0)

    for step in range(140):
        expected = one.predict() if step % 20 == 0 or step > 120 else None
        found = two.predict()
        if expected is not None:
            np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=1e-4, atol=1e-8)
        symbols = rng.integers(0, 256, states).tolist()
        one.extend(symbols)
        two.extend(symbols)


def trained_once(*recipes: str) -> tuple[list[float], torch.Tensor]:
    """Losses of some steps, and a prediction between and after them."""
    own = make_model(NARROW, 1)
    trainer = Trainer(own, table(*recipes))
    losses = []
    for batch, _ in zip(chunks(TEXT * 40, 4, 0), range(6), strict=False):
        trainer.ops.predict(trainer.ops, own, list(TEXT))  # what a careless cache would keep
        losses.append(trainer.step(batch))
    return losses, trainer.ops.predict(trainer.ops, own, list(TEXT))


def test_training_learns_and_is_repeatable() -> None:
    losses, expected = trained_once()

    assert losses[-1] < losses[0] - 0.2
    again, same = trained_once()
    assert again == losses
    assert torch.equal(same, expected)


@pytest.mark.parametrize(
    "recipes", [("position-slice",), ("static-buffers", "inference-mode"), ("position-slice", "static-buffers")]
)
def test_what_is_kept_between_calls_follows_training(recipes: tuple[str, ...]) -> None:
    losses, expected = trained_once()
    found, after = trained_once(*recipes)

    assert found == losses
    assert torch.equal(after, expected)


def test_the_numeric_environment_is_part_of_the_format() -> None:
    tokens = list(TEXT)
    plain = ops.predict(ops.BASELINE, model(), tokens)
    hook = model().encoder.layers[0].register_forward_hook(lambda *_: None)  # torch leaves its fused path for this
    try:
        watched = ops.predict(ops.BASELINE, model(), tokens)
    finally:
        hook.remove()

    assert not torch.equal(watched, plain)
    np.testing.assert_allclose(watched.numpy(), plain.numpy(), rtol=1e-4)
    assert torch.equal(ops.predict(ops.BASELINE, model(), tokens), plain)


@pytest.mark.slow
def test_a_hook_changes_the_stream_and_so_does_the_fast_path() -> None:
    data = TEXT * 4
    plain = quick().compress(data)
    ordinary = codec("vectorized-cumfreq", "no-mha-fastpath").compress(data)
    hook = model().encoder.layers[0].register_forward_hook(lambda *_: None)
    try:
        hooked = quick().compress(data)
        with pytest.raises(DamagedFile):
            quick().decompress(plain)
    finally:
        hook.remove()

    assert hooked != plain
    assert ordinary[-150:] != plain[-150:]
    assert quick().compress(data) == plain


@pytest.mark.slow
def test_perfkits_recorder_changes_no_bit_of_the_stream() -> None:
    recorder = SeamRecorder(table("vectorized-cumfreq"))

    assert Codec(model(), recorder.ops).compress(TEXT) == quick().compress(TEXT)
    assert recorder.seen["predict"].calls == len(TEXT)
