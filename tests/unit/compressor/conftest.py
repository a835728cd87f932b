"""The compressor's model with seeded weights, and tables of seams with recipes switched on."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import pytest
import torch

from perfkit.sample_targets.compressor import ops
from perfkit.sample_targets.compressor.codec import Codec
from perfkit.sample_targets.compressor.model import ByteTransformer, Config, make_model

TEXT = "Là, tout n’est qu’ordre et beauté, luxe, calme et volupté. ".encode()
FASTEST = ("array-coder", "kv-cache", "parallel-streams")


NARROW = Config(width=32, ff=64)  # as deep as the compressor's, and of the same context


def model(seed: int = 0, config: Config = NARROW) -> ByteTransformer:
    """One model a seed and form, whoever asks."""
    return _model(seed, config)


@cache
def _model(seed: int, config: Config) -> ByteTransformer:
    return make_model(config, seed)


def table(*recipes: str) -> ops.Ops:
    """The documented table with recipes switched on."""
    found = ops.BASELINE
    for name in recipes:
        found = import_module(f"perfkit.recipes.compressor.{name.replace('-', '_')}").RECIPE.apply(found)
    return found


def codec(*recipes: str, seed: int = 0) -> Codec:
    return Codec(model(seed), table(*recipes))


def quick() -> Codec:
    """The documented stream, made by a recipe that is proven to give it."""
    return codec("vectorized-cumfreq")


@pytest.fixture(autouse=True)
def one_thread() -> Any:
    """As perfkit's workers have it: small products on many threads only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
