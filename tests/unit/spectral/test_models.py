"""The three models: their sizes, what they compute, what they refuse, and the gradients of the mix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from perfkit.sample_targets.spectral import ops
from perfkit.sample_targets.spectral.model import (
    Config,
    SpectralMix,
    SpectralModel,
    as_ids,
    make_model,
    parameter_count,
)
from perfkit.sample_targets.spectral_causal import ops as causal
from perfkit.sample_targets.traditional import model as traditional
from tests.unit.spectral import reference
from tests.unit.spectral.conftest import known, some_bytes

BOTH = ["spectral", "spectral_causal"]


def test_both_models_have_the_documented_size() -> None:
    assert parameter_count(SpectralModel(Config())) == 2_699_904
    assert parameter_count(traditional.Transformer(traditional.Config())) == 3_290_880


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize(("length", "width"), [(1, 32), (2, 32), (3, 7), (31, 32), (64, 32), (40, 15)])
def test_logits_equal_the_reference(target: str, length: int, width: int) -> None:
    it, ids = known(target, width=width), some_bytes(1, length, seed=length)
    state = {name: t.numpy() for name, t in it.model.state_dict().items()}

    expected = reference.logits(state, ids[0].tolist(), 2, causal=target == "spectral_causal")
    np.testing.assert_allclose(it.logits(ids)[0].numpy(), expected, rtol=1e-3, atol=2e-3)


def test_one_position_has_no_bin_and_sees_nothing() -> None:
    it, ids = known("spectral"), some_bytes(2, 1)

    assert not ops.features(it.ops, it.model.encoder.bands, ops.signal(ids), 32).any()


@pytest.mark.parametrize(("length", "sines", "cosines"), [(128, 64, 64), (200, 100, 56), (256, 128, 0), (300, 128, 0)])
def test_columns_are_filled_or_cut_at_the_documented_width(length: int, sines: int, cosines: int) -> None:
    found = ops.features(ops.BASELINE, torch.ones(128), ops.signal(some_bytes(1, length)), 256)[0]

    k = min(128, length // 2)
    sine, cosine, rest = found[:, k : 2 * k], found[:, 2 * k : 3 * k], found[:, 3 * k :]
    assert (sine.shape[1], cosine.shape[1]) == (sines, cosines)
    assert not rest.any()
    assert torch.allclose(sine[:, :cosines] ** 2 + cosine**2, torch.ones(length, cosines), atol=1e-5)


def test_a_bin_of_exactly_0_has_the_phase_0() -> None:
    row = ops.features(ops.BASELINE, torch.ones(4), torch.zeros(1, 8), 8 + 4)[0, 5]

    assert row.tolist() == [0.0] * 8 + [1.0] * 4


@pytest.mark.parametrize("target", ["spectral", "spectral_causal", "traditional"])
@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (torch.zeros(1, 0, dtype=torch.int64), "at least one of each"),
        (torch.zeros(0, 5, dtype=torch.int64), "at least one of each"),
        (torch.zeros(5, dtype=torch.int64), "takes \\(batch, length\\)"),
        (torch.tensor([[1, 256]]), "not from 1 to 256"),
        (torch.tensor([[-1, 3]]), "not from -1 to 3"),
        (torch.tensor([[0.5]]), "whole numbers"),
    ],
)
def test_what_is_no_window_of_bytes_is_refused_in_words(target: str, ids: torch.Tensor, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        known(target).logits(ids)


@pytest.mark.parametrize("config", [{"width": 1}, {"layers": -1}, {"dropout": 1.0}])
def test_a_model_that_cannot_be_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a model needs"):
        Config(**config)


def test_heads_must_part_the_width() -> None:
    with pytest.raises(ValueError, match="10 does not part into 4 heads"):
        traditional.Config(width=10, heads=4)


def test_equal_seeds_give_equal_weights_and_leave_the_global_generator_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    one, two = (make_model(Config(width=8, layers=1), 3) for _ in range(2))

    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_bytes_may_be_of_any_whole_type() -> None:
    assert as_ids(np.array([[0, 255]], np.uint8)).dtype == torch.int64


def test_the_documented_model_moves_with_a_window_that_is_turned_and_is_not_invariant() -> None:
    it, ids = known("spectral"), some_bytes(2, 24)
    turned = it.logits(torch.roll(ids, -5, 1))

    assert torch.allclose(turned, torch.roll(it.logits(ids), -5, 1), atol=1e-3)
    assert not torch.allclose(turned, it.logits(ids), atol=0.1)


def a_mix(width: int = 6) -> SpectralMix:
    mix = SpectralMix(width).double()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in mix.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator, dtype=torch.float64))
    return mix


@pytest.mark.parametrize("mixes", [ops.mix, causal.mix])
@pytest.mark.parametrize("length", [2, 5])
def test_gradients_of_the_mix_are_finite_differences(mixes: Any, length: int) -> None:
    mix, x = a_mix(), torch.randn(2, length, 6, dtype=torch.float64, requires_grad=True)

    def of(x: torch.Tensor, real: torch.Tensor, imag: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(Called(mix, mixes), {"mix.real": real, "mix.imag": imag, "mix.bias": bias}, x)

    assert torch.autograd.gradcheck(of, (x, mix.real, mix.imag, mix.bias))


class Called(torch.nn.Module):
    def __init__(self, mix: SpectralMix, mixes: Any) -> None:
        super().__init__()
        self.mix, self.mixes = mix, mixes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.mixes(self.mix, x)
        return result


def test_the_gradients_of_the_two_parts_are_wirtingers_derivative() -> None:
    """By the conjugate of a complex weight w: (d/d real + i d/d imag) / 2; torch gives twice that."""
    mix, x = a_mix(), torch.randn(2, 8, 6, dtype=torch.float64)
    w = torch.complex(mix.real, mix.imag).detach().requires_grad_()

    (ops.mix(mix, x) ** 2).sum().backward()
    spectrum = torch.fft.fft(x, dim=1)
    kept = torch.cat([spectrum[:, :3] * w.T[:3], torch.zeros_like(spectrum[:, 3:])], dim=1)
    ((torch.fft.ifft(kept, dim=1).real + mix.bias.detach()) ** 2).sum().backward()

    assert w.grad is not None
    assert torch.allclose(torch.complex(mix.real.grad, mix.imag.grad), w.grad)
