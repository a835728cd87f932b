"""Who sees the future: encoder, mix and model, each by itself. A later byte must not change what is earlier."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from perfkit.sample_targets.spectral import ops as documented
from perfkit.sample_targets.spectral_causal import ops as causal
from tests.unit.spectral.conftest import Known, known, some_bytes, table

CHANGED, LIMIT = 30, 1e-5  # the position that is changed, and what rounding may do


def leak(function: Any, x: torch.Tensor, changed: torch.Tensor) -> float:
    """The most that anything before CHANGED moves."""
    with torch.no_grad():
        return float((function(x) - function(changed))[:, :CHANGED].abs().max())


def of_bytes(function: Any) -> float:
    ids = some_bytes(2, 48)
    changed = ids.clone()
    changed[:, CHANGED] = (changed[:, CHANGED] + 128) % 256
    return leak(function, ids, changed)


def of_states(function: Any) -> float:
    x = torch.randn(2, 48, 32, generator=torch.Generator().manual_seed(0))
    changed = x.clone()
    changed[:, CHANGED] += 1
    return leak(function, x, changed)


def encoded(it: Known) -> Any:
    return lambda ids: it.ops.encode(it.ops, it.model.encoder, ids)


def mixed(it: Known) -> Any:
    return lambda x: it.ops.mix(next(iter(it.model.blocks)).mix, x)


def with_seams(**seams: Any) -> Known:
    """The documented model with one of its two parts made causal."""
    it = known("spectral")
    return Known(replace(it.ops, **seams), it.model)


def test_the_documented_encoder_sees_the_future() -> None:
    assert of_bytes(encoded(known("spectral"))) > 0.01


def test_the_documented_mix_sees_the_future() -> None:
    assert of_states(mixed(known("spectral"))) > 0.01


def test_either_alone_is_enough_for_the_model_to_see_it() -> None:
    assert of_bytes(known("spectral").logits) > 0.01
    assert of_bytes(with_seams(mix=causal.mix).logits) > 0.01
    assert of_bytes(with_seams(features=causal.features).logits) > 0.01


def test_the_causal_encoder_does_not() -> None:
    assert of_bytes(encoded(known("spectral_causal"))) == 0


def test_the_causal_mix_does_not() -> None:
    assert of_states(mixed(known("spectral_causal"))) < LIMIT


@pytest.mark.parametrize("target", ["spectral_causal", "traditional"])
def test_the_causal_models_do_not(target: str) -> None:
    assert of_bytes(known(target).logits) < LIMIT


@pytest.mark.parametrize("recipes", [("vectorized-encoding",), ("rfft-mix",), ("vectorized-encoding", "twiddle-cache")])
def test_nor_do_they_with_recipes(recipes: tuple[str, ...]) -> None:
    assert of_bytes(Known(table("spectral_causal", *recipes), known("spectral_causal").model).logits) < LIMIT


def test_nor_does_fused_attention() -> None:
    assert of_bytes(known("traditional", "sdpa").logits) < LIMIT


def test_the_causal_mix_is_the_documented_one_where_nothing_comes_around() -> None:
    """Of a window whose second half is 0, the first position gets nothing from behind it in either."""
    mix = next(iter(known("spectral").model.blocks)).mix
    kernel = causal.kernel(mix, 16)
    impulse = torch.zeros(1, 16, 32)
    impulse[0, 0] = 1

    with torch.no_grad():
        assert torch.allclose(documented.mix(mix, impulse)[0] - mix.bias, kernel, atol=1e-6)
        assert torch.allclose(causal.mix(mix, impulse)[0] - mix.bias, kernel, atol=1e-6)
