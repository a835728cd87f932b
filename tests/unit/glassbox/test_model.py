"""The engine against the float64 reference, its cache, its sizes, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from perfkit.sample_targets.glassbox import ops as seams
from perfkit.sample_targets.glassbox.model import (
    Config,
    Engine,
    KVCache,
    Simulated,
    floats,
    make_weights,
    rotate,
    weight_shapes,
)
from perfkit.sample_targets.glassbox.ops import Ops
from tests.unit.glassbox import reference

SMALL = Config(width=32, layers=2, heads=4, kv_heads=2, ff=44, vocab=61)
MODES = ("none", "W8A16", "W4A16")
# Of the largest logit. Without quantisation float32 rounds each of some ten steps by 6e-8. With A16
# a value near the middle of two float16 numbers may round the other way than in the reference, and
# then differs by 2**-11; a few such values move a logit by less than 1 in 1000.
TOLERANCE = {"none": 5e-6, "W8A16": 2e-3, "W4A16": 2e-3}


@contextmanager
def engine_of(config: Config, ops: Ops = seams.BASELINE, seed: int = 0) -> Iterator[Engine]:
    """An engine with weights large enough that attention matters, and norms that are not 1."""
    engine = Engine(config, make_weights(config, seed), ops)
    rng = np.random.default_rng(seed)
    for name, shape in weight_shapes(config).items():
        noise = rng.standard_normal(shape)
        engine.set_weight(name, 1 + 0.1 * noise if name.endswith("norm") else 0.25 * noise)
    try:
        yield engine
    finally:
        engine.close()


def ids(batch: int, length: int, config: Config = SMALL) -> Any:
    return np.random.default_rng(batch * 100 + length).integers(0, config.vocab, (batch, length))


def error(engine: Engine, tokens: Any) -> float:
    """The largest difference from the reference, in units of the largest logit."""
    expected = reference.logits(engine.config, engine.weights, tokens)
    return float(np.abs(engine.forward(tokens) - expected).max() / np.abs(expected).max())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 5)], ids=str)
def test_forward_equals_the_reference(mode: str, size: tuple[int, int]) -> None:
    with engine_of(replace(SMALL, quantisation=mode)) as engine:
        assert error(engine, ids(*size)) < TOLERANCE[mode]


@pytest.mark.parametrize("mode", ["W8A16", "W4A16"])
def test_what_enters_a_projection_has_been_through_float16(mode: str) -> None:
    seen: list[Any] = []

    def seeing(name: str, position: int) -> Any:
        def call(*args: Any) -> Any:
            seen.append(args[position])
            return getattr(seams, name)(*args)

        return call

    ops = Ops(qkv=seeing("qkv", 2), gate_up=seeing("gate_up", 2), contract=seeing("contract", 1))
    with engine_of(replace(SMALL, quantisation=mode), ops) as engine:
        engine.forward(ids(1, 7))
    inputs = [x for x in seen if x.ndim == 3]  # of two layers, and of the logits
    assert len(inputs) == 5
    for x in inputs:
        assert x.dtype == np.float32
        np.testing.assert_array_equal(x, x.astype(np.float16))


@pytest.mark.parametrize("heads", [(1, 1), (4, 1), (4, 4)], ids=str)
def test_every_grouping_of_heads_equals_the_reference(heads: tuple[int, int]) -> None:
    config = replace(SMALL, heads=heads[0], kv_heads=heads[1], quantisation="none")
    with engine_of(config) as engine:
        assert error(engine, ids(2, 5)) < TOLERANCE["none"]


def _other_base(start: int, length: int, head_dim: int, base: float) -> tuple[Any, Any]:
    return seams.rope_table(start, length, head_dim, base * 1.1)


def _backwards(start: int, length: int, head_dim: int, base: float) -> tuple[Any, Any]:
    cos, sin = seams.rope_table(start, length, head_dim, base)
    return cos, -sin


def _sees_the_next(ops: Ops, q: Any, k: Any, v: Any, start: int) -> Any:
    return seams.attend(ops, q, k, v, start + 1)


DEFECTS: dict[str, dict[str, Any]] = {
    "rope of another base": {"rope_table": _other_base},
    "rope turned backwards": {"rope_table": _backwards},
    "scores not scaled": {"score_scale": lambda head_dim: 1.0},
    "attention sees the next token": {"attend": _sees_the_next},
    "gate forgets its sigmoid": {"gate": lambda ops, a, b: a * b},
    "norm by the mean of absolutes": {"rms_norm": lambda x, w, eps: x / abs(x).mean() * w},
}


@pytest.mark.parametrize("name", DEFECTS)
def test_the_comparison_catches_a_planted_defect(name: str) -> None:
    for mode in MODES:
        with engine_of(replace(SMALL, quantisation=mode), Ops(**DEFECTS[name])) as engine:
            assert error(engine, ids(1, 7)) > TOLERANCE[mode]


def test_a_shift_of_all_positions_changes_nothing() -> None:
    def shifted(start: int, length: int, head_dim: int, base: float) -> tuple[Any, Any]:
        return seams.rope_table(start + 5, length, head_dim, base)

    with engine_of(replace(SMALL, quantisation="none"), Ops(rope_table=shifted)) as engine:
        assert error(engine, ids(1, 7)) < TOLERANCE["none"]  # RoPE is relative


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("prefix", [0, 1, 5])
def test_decode_token_by_token_equals_prefill(mode: str, prefix: int) -> None:
    tokens = ids(2, 8)
    with engine_of(replace(SMALL, quantisation=mode)) as engine:
        whole, full = engine.prefill(tokens)
        cache = engine.prefill(tokens[:, :prefix])[1] if prefix else KVCache.empty(SMALL, 2)
        for t in range(prefix, 8):
            assert cache.length == t
            row = engine.decode(tokens[:, t : t + 1], cache)
            difference = np.abs(row - whole[:, t]).max() / np.abs(whole).max()
            assert row.shape == (2, SMALL.vocab)
            assert difference < TOLERANCE[mode]
        for one, other in zip(cache.keys + cache.values, full.keys + full.values, strict=True):
            assert one.shape == other.shape == (2, 2, 8, 8)
            np.testing.assert_allclose(one, other, rtol=0, atol=2 * TOLERANCE[mode])


def test_a_chunk_after_a_cache_from_arrays_equals_the_whole() -> None:
    tokens = ids(1, 9)
    with engine_of(replace(SMALL, quantisation="none")) as engine:
        whole, full = engine.prefill(tokens)
        held = [a[:, :, :4] for a in full.keys], [a[:, :, :4] for a in full.values]
        rest = engine.forward(tokens[:, 4:], KVCache.from_arrays(*held))
        np.testing.assert_allclose(rest, whole[:, 4:], rtol=0, atol=1e-5)


def test_a_call_is_reproducible_and_leaves_its_input_alone() -> None:
    tokens = ids(2, 6)
    tokens.flags.writeable = False
    with engine_of(SMALL) as engine:
        first, kept = engine.forward(tokens), engine.forward(tokens).copy()
        engine.forward(ids(2, 6)[::-1])
        np.testing.assert_array_equal(first, kept)


def test_the_table_is_asked_for_the_positions_at_hand_once_for_q_and_once_for_k_in_every_layer() -> None:
    asked: list[tuple[int, int]] = []

    def seeing(start: int, length: int, head_dim: int, base: float) -> tuple[Any, Any]:
        asked.append((start, length))
        return seams.rope_table(start, length, head_dim, base)

    with engine_of(SMALL, Ops(rope_table=seeing)) as engine:
        cache = engine.prefill(ids(1, 7))[1]
        engine.decode([[1]], cache)
    assert asked == 4 * [(0, 7)] + 4 * [(7, 1)]


def test_every_weight_is_quantised_once_in_every_call() -> None:
    asked: list[str] = []

    def seeing(weights: Any, name: str) -> tuple[Any, Any]:
        asked.append(name)
        return seams.quantize(weights, name)

    with engine_of(SMALL, Ops(quantize=seeing)) as engine:
        cache = engine.prefill(ids(1, 7))[1]
        engine.decode([[1]], cache)
    assert sorted(asked) == sorted(2 * [name for name in weight_shapes(SMALL) if not name.endswith("norm")])


def test_weights_that_are_not_finite_are_refused() -> None:
    with engine_of(SMALL) as engine, pytest.raises(ValueError, match="finite"):
        engine.set_weight("layers.0.wq", np.full((32, 32), np.nan))


def test_rotate_is_multiplication_by_a_complex_number() -> None:
    x = np.random.default_rng(0).standard_normal((2, 3, 40, 10))
    cos, sin = seams.rope_table(0, 40, 10, 100.0)
    y = rotate(x, cos, sin)
    for position in (0, 1, 39):
        expected = reference.turned(x[1, 2, position], position, 100.0)
        np.testing.assert_allclose(y[1, 2, position], expected, rtol=0, atol=1e-6)


def test_the_default_size_in_numbers() -> None:
    config = Config()
    assert config.parameter_count == 9_964_032
    layer = {
        "attn_norm": (512,),
        "wq": (512, 512),
        "wk": (256, 512),
        "wv": (256, 512),
        "wo": (512, 512),
        "mlp_norm": (512,),
        "w1": (2048, 512),
        "w2": (2048, 512),
        "w3": (512, 2048),
    }
    expected = {"embed": (4096, 512), "norm": (512,)}
    expected |= {f"layers.{i}.{name}": shape for i in (0, 1) for name, shape in layer.items()}
    weights = make_weights(config, seed=3)
    assert {name: w.shape for name, w in weights.items()} == expected == weight_shapes(config)
    assert Config(layers=8).parameter_count == 9_964_032 + 6 * 3_933_184
    for name, w in weights.items():
        assert isinstance(w, Simulated) != name.endswith("norm")
        assert floats(w).dtype == np.float32
        assert not floats(w).flags.writeable


def test_weights_are_seeded() -> None:
    plain = replace(SMALL, quantisation="none")
    one, same, other = (make_weights(plain, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], same[name]) for name in one)  # type: ignore[arg-type]
    assert not np.array_equal(one["embed"], other["embed"])  # type: ignore[arg-type]
    assert np.std(one["layers.0.w1"]) == pytest.approx(0.02, rel=0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", MODES)
def test_a_replaced_weight_is_used_and_the_given_weights_are_not_touched(mode: str) -> None:
    config = replace(SMALL, quantisation=mode)
    given = make_weights(config, 0)
    before, tokens = dict(given), ids(1, 5)
    new = np.random.default_rng(9).standard_normal((32, 32), dtype=np.float32)
    engine = Engine(config, given)
    try:
        old_logits, old = engine.forward(tokens), engine.weights["layers.1.wo"]
        engine.set_weight("layers.1.wo", new)
        assert engine.weights["layers.1.wo"] is not old
        assert given == before
        assert all(given[name] is before[name] for name in given)
        assert not np.array_equal(engine.forward(tokens), old_logits)
        assert error(engine, tokens) < TOLERANCE[mode]
        new[:] = 0  # what was given is copied
        assert error(engine, tokens) < TOLERANCE[mode]
        assert np.any(engine.forward(tokens))
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"heads": 7}, "heads .* must divide width"),
        ({"kv_heads": 3}, "kv_heads .* must divide heads"),
        ({"width": 24, "heads": 8}, "must be even"),
        ({"layers": 0}, "layers must be"),
        ({"vocab": -1}, "vocab must be"),
        ({"ff": 2.5}, "ff must be a whole number"),
        ({"eps": 0.0}, "eps must be positive"),
        ({"rope_base": float("nan")}, "rope_base"),
        ({"quantisation": "W2A16"}, "none or W8A16 or W4A16"),
    ],
)
def test_a_bad_configuration_says_what_is_wrong(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Config(**change)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (np.zeros((0, 3), int), "neither of them 0"),
        (np.zeros((2, 0), int), "neither of them 0"),
        (np.zeros(3, int), "must be .batch, time."),
        (np.zeros((1, 3)), "must be integers"),
        (np.zeros((1, 3), bool), "must be integers"),
        ([[0, 61]], r"must be in 0\.\.60"),
        ([[-1, 0]], r"must be in 0\.\.60"),
    ],
)
def test_bad_tokens_say_what_is_wrong(tokens: Any, message: str) -> None:
    with engine_of(SMALL) as engine:
        for call in (engine.forward, engine.prefill):
            with pytest.raises(ValueError, match=message):
                call(tokens)


def test_bad_caches_and_weights_say_what_is_wrong() -> None:
    with engine_of(SMALL) as engine:
        cache = KVCache.empty(SMALL, 2)
        with pytest.raises(ValueError, match="cache holds"):
            engine.decode([[1]], cache)
        with pytest.raises(ValueError, match="one token a sequence"):
            engine.decode([[1, 2], [3, 4]], cache)
        assert cache.length == 0
        with pytest.raises(ValueError, match="no weight 'nought'"):
            engine.set_weight("nought", np.zeros(3))
        with pytest.raises(ValueError, match="norm has shape"):
            engine.set_weight("norm", np.zeros(3))
    with pytest.raises(ValueError, match="one of each a layer"):
        KVCache.from_arrays([np.zeros((1, 2, 3, 4))], [])
    with pytest.raises(ValueError, match="do not fit the configuration: embed"):
        Engine(replace(SMALL, vocab=62), make_weights(SMALL, 0))
