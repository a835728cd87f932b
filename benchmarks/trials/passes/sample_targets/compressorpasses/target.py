"""Many equal passes of parts of the compressor: a pass more is an effect that is known.

A model of one narrow layer with seeded weights, and one symbol for the coder: 500 passes are to last less than a tenth
of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from perfkit.sample_targets.compressor import target as real
from perfkit.sample_targets.compressor.codec import Codec
from perfkit.sample_targets.compressor.model import Config, make_model
from perfkit.target import Target, Workload

from .ops import Ops

CONFIG = Config(layers=1, width=32, ff=64)
SEEN, SYMBOLS = 8, 1
TINY = SimpleNamespace(size="tiny")


@dataclass(frozen=True)
class Instance:
    """A codec, and how often a call passes through a part of it."""

    work: Callable[..., Any]
    codec: Codec
    passes: int


def shared(size: str, seed: int) -> int:
    """`passes-500`: the number of passes."""
    return int(size.rpartition("-")[2])


def build(ops: Ops, passes: int) -> Instance:
    return Instance(ops.work, Codec(make_model(CONFIG, 0)), passes)


def history(passes: int, rng: np.random.Generator) -> Any:
    return real.excerpt(SEEN, rng)


def symbols(passes: int, rng: np.random.Generator) -> Any:
    """A symbol (1,) and the counts (1, 256) to code it with, as the coder alone is measured on."""
    return [part[:SYMBOLS] for part in real.symbols(TINY, rng)]


def as_list(instance: Instance, data: Any) -> list[int]:
    return real.as_list(instance.codec, data)


def as_tables(instance: Instance, data: Any) -> Any:
    return real.as_tables(instance.codec, data)


def observe(instance: Instance, argument: Any, output: Any) -> Any:
    return real.observe_coded(instance.codec, argument, output)


def run_predict(instance: Instance) -> Callable[[list[int]], Any]:
    return partial(instance.work, real.run_predict(instance.codec), passes=instance.passes)


def run_coder(instance: Instance) -> Callable[[Any], Any]:
    return partial(instance.work, real.run_coder(instance.codec), passes=instance.passes)


TARGET = Target(
    id="compressorpasses",
    summary="equal passes of parts of the compressor",
    ops=Ops,
    proof_size="passes-2",
    workloads=(
        Workload(
            id="predict",
            summary="the next byte after 8, again and again",
            sizes=("passes-100", "passes-200", "passes-500", "passes-2"),
            shared=shared,
            build=build,
            data=history,
            prepare=as_list,
            call=run_predict,
        ),
        Workload(
            id="coder",
            summary="a symbol to bits and back, again and again",
            sizes=("passes-100", "passes-200", "passes-500", "passes-2"),
            shared=shared,
            build=build,
            data=symbols,
            prepare=as_tables,
            call=run_coder,
            observe=observe,
        ),
    ),
)
