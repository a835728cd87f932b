"""Small models with weights that are not the first ones, and one thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
import torch

from perfkit.sample_targets.spectral import ops as spectral_ops
from perfkit.sample_targets.spectral.model import Config, make_model
from perfkit.sample_targets.spectral_causal import ops as causal_ops
from perfkit.sample_targets.traditional import model as traditional_model
from perfkit.sample_targets.traditional import ops as traditional_ops

TABLES = {
    "spectral": spectral_ops.BASELINE,
    "spectral_causal": causal_ops.BASELINE,
    "traditional": traditional_ops.BASELINE,
}


@dataclass(frozen=True)
class Known:
    """A table of seams, and a model for it."""

    ops: Any
    model: Any

    def logits(self, ids: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.ops.infer(self.ops, self.model, ids)
        return result


def table(target: str, *recipes: str) -> Any:
    """The documented table of a target with recipes switched on."""
    found = TABLES[target]
    for name in recipes:
        found = import_module(f"perfkit.recipes.{target}.{name.replace('-', '_')}").RECIPE.apply(found)
    return found


def known(target: str, *recipes: str, width: int = 32, layers: int = 2) -> Known:
    """A small model whose weights have been moved, so that no two of them are alike."""
    if target == "traditional":
        config = traditional_model.Config(width=width, layers=layers, heads=4, ff=2 * width)
        model: Any = traditional_model.make_model(config, 0)
    else:
        model = make_model(Config(width=width, layers=layers), 0)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.1 * torch.randn(weight.shape, generator=generator))
    return Known(table(target, *recipes), model)


def some_bytes(batch: int, length: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(0, 256, (batch, length), generator=torch.Generator().manual_seed(seed))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As perfkit's workers have it: small products on many threads only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
