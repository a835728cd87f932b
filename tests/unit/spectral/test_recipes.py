"""What the recipes make of awkward windows, exact zeros and training, beside the documented forms."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch

from perfkit.equivalence import close
from perfkit.sample_targets.spectral import ops as documented
from perfkit.sample_targets.spectral.comparable import bin_sizes, check_conditioned, observed
from perfkit.sample_targets.spectral.training import Trainer
from perfkit.tree import first_difference
from tests.unit.spectral.conftest import Known, known, some_bytes, table
from tests.unit.spectral.features import DEMANDED, apart, windows

LENGTHS = [1, 2, 3, 31, 64, 100, 128, 512]


@pytest.mark.parametrize("target", ["spectral", "spectral_causal"])
@pytest.mark.parametrize("kind", ["any", "constant", "periodic", "zeros and ends"])
@pytest.mark.parametrize("width", [256, 33])
def test_vectorized_features_are_right_to_2e_6(target: str, kind: str, width: int) -> None:
    both, prefixes = (table(target), table(target, "vectorized-encoding")), target == "spectral_causal"
    differences = {n: apart(*both, windows(kind, n), width, prefixes=prefixes) for n in LENGTHS}

    assert max(differences.values()) <= DEMANDED, differences


def test_a_bin_of_exactly_0_has_the_phase_0_at_once_too() -> None:
    zero, width = torch.zeros(1, 8), 12
    for target in ("spectral", "spectral_causal"):
        one, two = table(target), table(target, "vectorized-encoding")
        assert torch.equal(two.features(two, torch.ones(6), zero, width), one.features(one, torch.ones(6), zero, width))


def seen(ids: torch.Tensor, width: int, *recipes: str) -> dict[str, Any]:
    """The features as the workload of that name observes them."""
    ops = table("spectral", *recipes)
    found = ops.features(ops, torch.ones(width // 2), documented.signal(ids), width)
    return observed(found, bin_sizes(ids))


@pytest.mark.parametrize("recipes", [(), ("vectorized-encoding",)], ids=str)
@pytest.mark.parametrize("kind", ["any", "constant", "periodic", "zeros and ends"])
@pytest.mark.parametrize("length", [1, 2, 3, 31])
def test_what_rows_are_of_does_not_depend_on_rounding(kind: str, length: int, recipes: tuple[str, ...]) -> None:
    alike = length <= 3 or kind in ("constant", "zeros and ends")  # of three bytes one bin is read, which has no phase

    rows = seen(windows(kind, length), 48, *recipes)["rows"]

    assert rows == f"{'the same' if alike else 'one'} for each of {length} positions"


@pytest.mark.parametrize(
    ("recipe", "what"),
    [("twiddle-matmul", "one for a whole window"), ("twiddle-matmul-broadcast", "the same for each of 24 positions")],
)
def test_what_the_notes_print_is_refused_with_what_is_wrong_in_words(recipe: str, what: str) -> None:
    ids, rule = some_bytes(2, 24), close(rtol=1e-4, atol=2e-4, why="as vectorized-encoding")

    difference = str(first_difference(seen(ids, 48), seen(ids, 48, recipe), rule))

    assert f"output['rows']: expected 'one for each of 24 positions', got '{what}'" in difference


def test_repeated_for_each_position_only_the_magnitudes_are_right() -> None:
    ops, signal, bands = table("spectral", "twiddle-matmul-broadcast"), documented.signal(some_bytes(2, 128)), 128
    expected = documented.features(ops, torch.ones(bands), signal, 256)
    wrong = (ops.features(ops, torch.ones(bands), signal, 256) - expected).abs()

    assert wrong[..., :64].max() < 1e-3
    assert all(wrong[..., 64 * i : 64 * (i + 1)].max() > 5 for i in (1, 2, 3))


MIXES = [("spectral", "rfft-mix"), ("spectral", "fused-mix"), ("spectral_causal", "rfft-mix")]


@pytest.mark.parametrize(("target", "name"), MIXES, ids="/".join)
@pytest.mark.parametrize(("length", "width"), [(1, 8), (2, 8), (3, 9), (64, 16), (100, 33)])
def test_other_mixes_and_their_gradients_are_those_of_the_documented_one(
    target: str, name: str, length: int, width: int
) -> None:
    mix = next(iter(known("spectral", width=width).model.blocks)).mix
    x = torch.randn(2, length, width, generator=torch.Generator().manual_seed(0))
    found = []
    for ops in (table(target), table(target, name)):
        y = x.clone().requires_grad_()
        out = ops.mix(mix, y)
        gradients = torch.autograd.grad((out**2).sum(), [y, mix.real, mix.imag, mix.bias], allow_unused=True)
        found.append([out.detach(), *(torch.zeros(1) if g is None else g for g in gradients)])

    for one, two in zip(*found, strict=True):
        assert torch.allclose(one, two.expand(one.shape), rtol=1e-4, atol=1e-4 * max(1.0, float(one.abs().max())))


FASTER = {
    "spectral": ("vectorized-encoding", "twiddle-cache", "drop-dead-fft", "fused-mix", "fused-adam"),
    "spectral_causal": ("vectorized-encoding", "twiddle-cache", "drop-dead-fft", "rfft-mix", "fused-adam"),
    "traditional": ("sdpa", "fused-adam"),
}


@pytest.mark.parametrize("target", FASTER)
def test_some_steps_with_all_recipes_are_those_of_the_documented_form(target: str) -> None:
    batches = [some_bytes(2, 17, seed=i).numpy().astype(np.uint8) for i in range(4)]
    losses = []
    for recipes in ((), FASTER[target]):
        it: Known = known(target, *recipes)
        trainer = Trainer(it.model, it.ops)
        losses.append([trainer.step(batch) for batch in batches])

    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert losses[0][-1] != losses[0][0]


def test_a_window_on_which_no_model_can_be_proven_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="its phase is rounding"):
        check_conditioned(np.full((1, 16), 97, np.uint8))


@pytest.mark.parametrize("target", FASTER)
def test_every_recipe_that_shares_a_name_says_for_which_model_it_is(target: str) -> None:
    module = import_module(f"perfkit.recipes.{target}.inference_mode")

    assert module.RECIPE.target == target.replace("_", "-")
