"""The glass-box engine as a target: its workloads, on real text, at the documented sizes.

Tokens are bytes of the English text that every CPython ships. The cache that `decode` continues from is drawn at
the scale of real keys and values: its content does not change the work.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from math import gcd
from typing import Any

import numpy as np

from perfkit.target import Cost, Target, Workload

from .costs import COSTS
from .model import Config, Engine, KVCache, drawn, floats, make_weights
from .ops import BASELINE, Array, Ops, Pools, Weights
from .training import Step as TrainStep
from .training import moved, train_step

SIZES = {
    "small": Config(),
    "full": Config(layers=8),
    # one head and a vocabulary of bytes: beside so little work, what is done once a position weighs most
    "narrow": Config(width=64, heads=1, kv_heads=1, ff=256, vocab=256),
    # odd on purpose: heads, widths and vocabulary that no tile or vector register divides
    "tiny": Config(width=60, layers=2, heads=6, kv_heads=2, ff=77, vocab=259),
}


@dataclass(frozen=True)
class Shared:
    """What every instance of a process shares; all arrays are read-only."""

    config: Config
    weights: Weights
    forward: tuple[int, int] = (1, 16)  # (B, T) of forward-small
    prefill: tuple[int, int] = (4, 128)  # (B, T) of prefill
    train: tuple[int, int] = (1, 32)  # (B, T) of the training step


@dataclass(frozen=True)
class Prompt:
    """Tokens (B, T), and for decode the keys and values (B, KV, S, hd) of each layer before them."""

    tokens: Array
    keys: tuple[Array, ...] = ()
    values: tuple[Array, ...] = ()


@dataclass(frozen=True)
class Step:
    """The prepared argument of one decode call: the tokens, and a cache of this call's own."""

    tokens: Array
    cache: KVCache


@dataclass
class Trainer:
    """An engine, and the weights that every training step begins with."""

    engine: Engine
    initial: Weights


def shared(
    size: str,
    seed: int,
    *,
    batch: int | None = None,
    rows: int | None = None,
    width: int | None = None,
    layers: int | None = None,
) -> Shared:
    """The configuration of `size` and its weights; `batch=4` is a forward pass over 4 sequences of 16 tokens.

    `rows` are those of all sequences together: one in `forward-small`, several short ones in `prefill`, so that
    attention, which grows with the square of the length, stays in the background there.
    """
    config = SIZES[size]
    forward, prefill = (1, 16), (3, 21) if size == "tiny" else (4, 128)
    if width is not None:
        config = _as_wide(config, width)
    if layers is not None:
        config = replace(config, layers=layers)
    if batch is not None:
        forward = (batch, 16)
    if rows is not None:
        length = gcd(rows, 16)
        forward, prefill = (1, rows), (rows // length, length)
    return Shared(config, make_weights(config, seed), forward, prefill)


def _as_wide(config: Config, width: int) -> Config:
    """A model of another width with heads as wide as before, and all else in proportion."""
    heads = max(1, width // config.head_dim)
    pairs = heads * config.kv_heads % config.heads == 0
    kv_heads = heads * config.kv_heads // config.heads if pairs else heads
    return replace(config, width=width, heads=heads, kv_heads=kv_heads, ff=width * config.ff // config.width)


def shared_plain(size: str, seed: int) -> Shared:
    """As `shared`, with the plain float32 weights that training needs."""
    config = replace(SIZES[size], quantisation="none")
    return Shared(config, make_weights(config, seed), train=(2, 9) if size == "tiny" else (1, 32))


@cache
def text() -> Array:
    """The bundled text as bytes, (n,) int64."""
    from pydoc_data import topics

    joined = "\n".join(topics.topics[name] for name in sorted(topics.topics))
    return np.frombuffer(joined.encode("utf-8"), np.uint8).astype(np.int64)


def build(ops: Ops, shared: Shared) -> Engine:
    threads = os.environ.get("PERFKIT_THREADS")  # what --threads says, where it was given
    return Engine(shared.config, shared.weights, ops, int(threads) if threads else None)


def tokens(rng: np.random.Generator, batch: int, length: int) -> Array:
    """(batch, length) windows of the text, each from a random place."""
    starts = rng.integers(0, len(text()) - length, batch)
    return np.stack([text()[s : s + length] for s in starts])


def prompt(shared: Shared, rng: np.random.Generator) -> Array:
    return tokens(rng, *shared.forward)


def long_prompt(shared: Shared, rng: np.random.Generator) -> Array:
    return tokens(rng, *shared.prefill)


def step(batch: int, held: int, shared: Shared, rng: np.random.Generator) -> Prompt:
    """One token a sequence, after `held` positions."""
    c = shared.config
    shape = (c.layers, 2, batch, c.kv_heads, held, c.head_dim)
    past = drawn(rng, shape, 0.45)
    return Prompt(tokens(rng, batch, 1), tuple(layer[0] for layer in past), tuple(layer[1] for layer in past))


def _cost(shared: Shared, batch: int, length: int, held: int = 0) -> Cost:
    """Every weight is read once, and multiplies every row; attention sees what is held and what came before."""
    c = shared.config
    stored = sum(floats(w).size for w in shared.weights.values())
    seen = length * held + length * (length + 1) / 2  # pairs of query and key, for each head
    attention = 2 * batch * c.heads * c.head_dim * seen * c.layers
    past = 2 * batch * c.kv_heads * c.head_dim * held * c.layers
    bytes_each = 4 if c.quantisation == "none" else 1
    return Cost(operations=2 * (batch * length * stored + attention), read=bytes_each * stored + 4 * past)


def prompt_cost(shared: Shared) -> Cost:
    return _cost(shared, *shared.forward)


def prefill_cost(shared: Shared) -> Cost:
    return _cost(shared, *shared.prefill)


def begin_step(engine: Engine, prompt: Prompt) -> Step:
    return Step(prompt.tokens, KVCache.from_arrays(prompt.keys, prompt.values))


def random_tokens(shared: Shared, rng: np.random.Generator) -> Array:
    """What the notes train on: (B, T) random tokens, each to predict the next."""
    return rng.integers(0, shared.config.vocab, shared.train)


def build_trainer(ops: Ops, shared: Shared) -> Trainer:
    return Trainer(build(ops, shared), shared.weights)


def begin_training(trainer: Trainer, tokens: Array) -> Array:
    """Every step starts from the first weights, so that no rounding builds up from call to call."""
    trainer.engine.weights = dict(trainer.initial)
    return tokens


def run_training(trainer: Trainer) -> Callable[[Array], TrainStep]:
    return partial(train_step, trainer.engine)


def went_down(trainer: Trainer, step: TrainStep) -> bool:
    """Whether every weight is what the step's gradient makes of the initial one."""
    return all(
        np.array_equal(floats(trainer.engine.weights[name]), moved(floats(trainer.initial[name]), gradient))
        for name, gradient in step.gradients.items()
    )


def observe_training(trainer: Trainer, tokens: Array, step: TrainStep) -> dict[str, Any]:
    """Loss, each gradient in units of its largest entry, and whether the weights went down it.

    In absolute terms a gradient, and what a step changes in a weight, would hide within any tolerance.
    """
    relative = {name: g / (np.abs(g).max() or 1) for name, g in step.gradients.items()}
    return {"loss": step.loss, "gradients": relative, "went down": went_down(trainer, step)}


def run_forward(engine: Engine) -> Callable[[Array], Array]:
    return engine.forward


def run_step(engine: Engine) -> Callable[[Step], Array]:
    def decode(step: Step) -> Array:
        return engine.decode(step.tokens, step.cache)

    return decode


def observe_step(engine: Engine, step: Step, logits: Array) -> dict[str, Any]:
    """The logits, and the cache the call has extended."""
    return {"logits": logits, "keys": list(step.cache.keys), "values": list(step.cache.values)}


def awkward_prompts(shared: Shared) -> Iterator[Callable[[np.random.Generator], Array]]:
    """One token, odd lengths, and uneven batches."""
    for batch, length in ((1, 1), (3, 1), (1, 7), (2, 17), (1, 43)):
        yield partial(prompt, replace(shared, forward=(batch, length)))


def awkward_steps(shared: Shared) -> Iterator[Callable[[np.random.Generator], Prompt]]:
    """A cache of one, of odd length, and so long that a table of positions that somebody keeps may end before it."""
    for batch, held in ((1, 1), (3, 7), (2, 40), (1, 2048), (1, 2051)):
        yield partial(step, batch, held, shared)


def change_weights(engine: Engine, rng: np.random.Generator) -> None:
    """Replace every weight, as a training step or a newly loaded file would."""
    for name, weight in list(engine.weights.items()):
        is_norm = name.endswith("norm")
        engine.set_weight(name, 1 + drawn(rng, weight.shape, 0.1) if is_norm else drawn(rng, weight.shape, 0.02))


def change_initial(trainer: Trainer, rng: np.random.Generator) -> None:
    """Replace every weight that training begins with."""
    change_weights(trainer.engine, rng)
    trainer.initial = dict(trainer.engine.weights)


TARGET = Target(
    id="glassbox",
    summary="a Llama-style decoder in NumPy with simulated quantisation, every step visible",
    ops=lambda: BASELINE,
    opaque=(Pools,),
    costs=COSTS,
    workloads=(
        Workload(
            id="forward-small",
            summary="logits of 1 x 16 tokens",
            sizes=("small", "full", "tiny", "narrow"),
            shared=shared,
            build=build,
            axes=("batch", "rows", "width", "layers"),
            data=prompt,
            cost=prompt_cost,
            call=run_forward,
            awkward=awkward_prompts,
            change=change_weights,
            close=Engine.close,
        ),
        Workload(
            id="prefill",
            summary="logits of 4 x 128 tokens",
            sizes=("small", "full", "tiny"),
            axes=("rows", "width"),
            shared=shared,
            build=build,
            data=long_prompt,
            cost=prefill_cost,
            call=run_forward,
            change=change_weights,
            close=Engine.close,
        ),
        Workload(
            id="decode",
            summary="one token after 128, batch 1",
            sizes=("small", "full", "tiny"),
            shared=shared,
            build=build,
            data=partial(step, 1, 128),
            cost=lambda shared: _cost(shared, 1, 1, 128),
            prepare=begin_step,
            call=run_step,
            observe=observe_step,
            awkward=awkward_steps,
            change=change_weights,
            close=Engine.close,
        ),
        Workload(
            id="decode-4",
            summary="one token after 128, batch 4",
            sizes=("small", "full", "tiny"),
            shared=shared,
            build=build,
            data=partial(step, 4, 128),
            cost=lambda shared: _cost(shared, 4, 1, 128),
            prepare=begin_step,
            call=run_step,
            observe=observe_step,
            change=change_weights,
            close=Engine.close,
        ),
        Workload(
            id="train",
            summary="one step of gradient descent on 1 x 32 tokens",
            sizes=("small", "full", "tiny"),
            shared=shared_plain,
            build=build_trainer,
            data=random_tokens,
            prepare=begin_training,
            call=run_training,
            observe=observe_training,
            change=change_initial,
            close=lambda trainer: trainer.engine.close(),
        ),
    ),
)
