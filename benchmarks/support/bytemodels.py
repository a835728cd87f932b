"""The three models of bytes that stand side by side, each in its documented form and with what makes it fastest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from perfkit.sample_targets.spectral import model as spectral_model
from perfkit.sample_targets.spectral import ops as spectral_ops
from perfkit.sample_targets.spectral_causal import ops as causal_ops
from perfkit.sample_targets.traditional import model as traditional_model
from perfkit.sample_targets.traditional import ops as traditional_ops

__all__ = ["MODELS", "ByteModel"]


@dataclass(frozen=True)
class ByteModel:
    """One model: `make(config, seed)` gives its weights, `documented` says how it is run."""

    name: str
    folder: str
    make: Callable[[Any, int], Any]
    config: Any
    documented: Any
    fastest_recipes: tuple[str, ...]
    inference_recipes: tuple[str, ...]  # and those of inference alone
    causal: bool

    def new(self, seed: int) -> Any:
        return self.make(self.config, seed)

    def fastest(self, *, infer: bool = False) -> Any:
        """The documented table with the recipes that make it fastest, training included; `infer`: inference alone."""
        table = self.documented
        for name in (*self.fastest_recipes, *(self.inference_recipes if infer else ())):
            table = import_module(f"perfkit.recipes.{self.folder}.{name.replace('-', '_')}").RECIPE.apply(table)
        return table


_COMPILED = ("torch-compile", "inference-mode")
_ENCODER = ("vectorized-encoding", "twiddle-cache", "drop-dead-fft")
MODELS = (
    ByteModel(
        "spectral", "spectral", spectral_model.make_model, spectral_model.Config(), spectral_ops.BASELINE,
        (*_ENCODER, "rfft-mix", "fused-adam"), _COMPILED, False,
    ),
    ByteModel(
        "spectral-causal", "spectral_causal", spectral_model.make_model, spectral_model.Config(), causal_ops.BASELINE,
        (*_ENCODER, "rfft-mix", "fused-adam"), _COMPILED, True,
    ),
    ByteModel(
        "traditional", "traditional", traditional_model.make_model, traditional_model.Config(),
        traditional_ops.BASELINE, ("sdpa", "fused-adam"), ("inference-mode",), True,
    ),
)  # fmt: skip
