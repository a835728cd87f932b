"""Many equal passes of the glass-box engine: a pass more is an effect that is known.

One layer at the odd little widths of the engine's proof, without its thread pool and with weights dequantised once: 500
passes are to last less than a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from perfkit.recipes.glassbox.dequant_cache import RECIPE as DEQUANTISED
from perfkit.recipes.glassbox.serial_small_ops import RECIPE as SERIAL
from perfkit.sample_targets.glassbox import target as real
from perfkit.sample_targets.glassbox.model import Config, Engine, KVCache, make_weights
from perfkit.sample_targets.glassbox.ops import BASELINE
from perfkit.target import Target, Workload

from .ops import Ops

CONFIG = Config(width=60, layers=1, heads=6, kv_heads=2, ff=77, vocab=259)


@dataclass(frozen=True)
class Instance:
    """An engine, and how often a call passes through it."""

    work: Callable[..., Any]
    engine: Engine
    passes: int


def shared(size: str, seed: int) -> tuple[int, real.Shared]:
    """`passes-500`: the number of passes; and the weights."""
    return int(size.rpartition("-")[2]), real.Shared(CONFIG, make_weights(CONFIG, seed), prefill=(1, 4))


def build(ops: Ops, shared: tuple[int, real.Shared]) -> Instance:
    passes, own = shared
    return Instance(ops.work, real.build(DEQUANTISED.apply(SERIAL.apply(BASELINE)), own), passes)


def prompt(shared: tuple[int, real.Shared], rng: np.random.Generator) -> Any:
    return real.long_prompt(shared[1], rng)


def step(shared: tuple[int, real.Shared], rng: np.random.Generator) -> real.Prompt:
    return real.step(1, 16, shared[1], rng)


def run_forward(instance: Instance) -> Callable[[Any], Any]:
    return partial(instance.work, instance.engine.forward, passes=instance.passes)


def run_decode(instance: Instance) -> Callable[[real.Prompt], Any]:
    """Every pass decodes from the same cache: one that grew from pass to pass would make them unequal."""
    engine = instance.engine

    def once(prompt: real.Prompt) -> Any:
        return engine.decode(prompt.tokens, KVCache.from_arrays(prompt.keys, prompt.values))

    return partial(instance.work, once, passes=instance.passes)


def close(instance: Instance) -> None:
    instance.engine.close()


TARGET = Target(
    id="glassboxpasses",
    summary="equal passes of the glass-box engine",
    ops=Ops,
    proof_size="passes-2",
    workloads=(
        Workload(
            id="forward",
            summary="logits of 1 x 4 tokens, again and again",
            sizes=("passes-100", "passes-200", "passes-500", "passes-2"),
            shared=shared,
            build=build,
            data=prompt,
            call=run_forward,
            close=close,
        ),
        Workload(
            id="decode",
            summary="one token after 16, again and again",
            sizes=("passes-100", "passes-200", "passes-500", "passes-2"),
            shared=shared,
            build=build,
            data=step,
            call=run_decode,
            close=close,
        ),
    ),
)
