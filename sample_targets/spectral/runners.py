"""What runs in the workloads of all three models of bytes: building, training, inputs, and what is seen of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
from torch import nn

from .comparable import check_conditioned, is_conditioned
from .model import as_ids
from .text import EPOCH_BATCHES, fixed, random_windows, seen, unseen
from .training import Trainer

Array = Any
Tensor = torch.Tensor
Draw = Callable[[np.random.Generator], Array]
Make = Callable[[Any, int], nn.Module]  # (configuration, seed) -> model

WINDOWS = {"8x256": (8, 256), "tiny": (2, 11)}  # (B, T) by size; else 4 of 128, as documented


@dataclass(frozen=True)
class Shared:
    """What every instance of a process shares; the weights are read-only."""

    config: Any
    weights: dict[str, Array]
    batch: int
    length: int
    prefixes: bool = False  # a position sees the bytes up to its own, and no spectrum of the whole window
    epochs: int = 1
    epoch_batches: int = EPOCH_BATCHES


@dataclass
class Runner:
    """A model and the table of seams that it is run with."""

    model: Any
    ops: Any


@dataclass
class TrainingRun:
    """A trainer, and the weights that every measured call begins with."""

    trainer: Trainer
    initial: list[Tensor]
    batch: int  # windows in a step
    windows: Array = None  # (N, T + 1) uint8, of epochs: the fixed training bytes


def weights_of(make: Make, config: Any, seed: int) -> dict[str, Array]:
    """Random weights, by name."""
    return {name: t.numpy().copy() for name, t in make(config, seed).state_dict().items()}


def sized(size: str, config: Any, weights: dict[str, Array], batch: int = 0, length: int = 0) -> Shared:
    """What a size means, with what is set along an axis."""
    windows = WINDOWS.get(size, (4, 128))
    return Shared(
        config,
        weights,
        batch or windows[0],
        length or windows[1],
        epochs=20 if size == "20-epochs" else 1,
        epoch_batches=2 if size == "tiny" else EPOCH_BATCHES,
    )


def model_of(make: Make, shared: Shared) -> nn.Module:
    """A model with weights of its own: changing them must not reach another instance."""
    model = make(shared.config, 0)
    model.load_state_dict({name: torch.from_numpy(w.copy()) for name, w in shared.weights.items()})
    return model


def build(make: Make, ops: Any, shared: Shared) -> Runner:
    return Runner(model_of(make, shared), ops)


def build_trainer(make: Make, ops: Any, shared: Shared) -> TrainingRun:
    model = model_of(make, shared)
    first = [p.detach().clone() for p in model.parameters()]
    return TrainingRun(Trainer(model, ops), first, shared.batch)


def build_for_epochs(make: Make, ops: Any, shared: Shared) -> TrainingRun:
    windows = training_windows(shared.batch * shared.epoch_batches, shared.length, shared.prefixes)
    return replace(build_trainer(make, ops, shared), windows=windows)


@lru_cache(4)
def training_windows(count: int, length: int, prefixes: bool) -> Array:
    """(count, length + 1) uint8, read-only: the fixed training bytes, the same for every instance of a process."""
    windows = fixed(seen(), count, length, suits=partial(is_conditioned, prefixes=prefixes))
    windows.setflags(write=False)
    return windows


def passage(shared: Shared, rng: np.random.Generator) -> Array:
    """(B, T) uint8: windows of text that no model was trained on, each drawn again until it is well conditioned."""
    return np.concatenate([conditioned_window(unseen(), shared, 0, rng) for _ in range(shared.batch)])


def conditioned_window(data: bytes, shared: Shared, more: int, rng: np.random.Generator) -> Array:
    """(1, T + more) uint8 from a random place, of which the first T are well conditioned."""
    for _ in range(100):
        window = random_windows(data, rng, 1, shared.length + more)
        if is_conditioned(window[0, : shared.length], prefixes=shared.prefixes):
            return window
    return check_conditioned(window[:, : shared.length], prefixes=shared.prefixes)


def any_bytes(batch: int, length: int, rng: np.random.Generator) -> Array:
    return rng.integers(0, 256, (batch, length), np.uint8)


def awkward_windows(shared: Shared) -> Iterator[Draw]:
    """One byte, two, odd lengths, longer than wide, one window alone."""
    for batch, length in ((1, 1), (3, 2), (1, 3), (2, 31), (1, 64)):
        yield partial(passage, replace(shared, batch=batch, length=length))


def awkward_features(shared: Shared) -> Iterator[Draw]:
    """As `awkward_windows`, and bytes that are no text: constant, periodic, at the ends of the range."""
    for batch, length in ((1, 1), (3, 2), (1, 3), (2, 31), (1, 64), (1, 100)):
        yield partial(any_bytes, batch, length)
    yield lambda rng: np.full((2, 16), rng.integers(0, 256), np.uint8)
    yield lambda rng: np.tile(rng.integers(0, 256, (2, 4), np.uint8), 6)
    yield lambda rng: np.tile(np.array([[0, 255]], np.uint8), 9)


def batch_to_train_on(shared: Shared, rng: np.random.Generator) -> Array:
    """(B, T + 1) uint8 of the text for training."""
    return np.concatenate([conditioned_window(seen(), shared, 1, rng) for _ in range(shared.batch)])


def orders(shared: Shared, rng: np.random.Generator) -> Array:
    """(epochs, N) int64: in which order each epoch takes the fixed windows."""
    count = shared.batch * shared.epoch_batches
    return np.stack([rng.permutation(count) for _ in range(shared.epochs)])


def to_ids(instance: Any, windows: Array) -> Tensor:
    return as_ids(windows.astype(np.int64))


def run_infer(runner: Runner) -> Callable[[Tensor], Tensor]:
    def infer(ids: Tensor) -> Tensor:
        result: Tensor = runner.ops.infer(runner.ops, runner.model, ids)
        return result

    return infer


def change_weights(runner: Runner, rng: np.random.Generator) -> None:
    """Replace every weight in place, as a training step does."""
    _move(list(runner.model.parameters()), rng)


def close_training(run: TrainingRun) -> None:
    """End what the seam `gradients` keeps running, if anything."""
    end = getattr(run.trainer.ops.gradients, "close", None)
    if callable(end):
        end()


def change_initial(run: TrainingRun, rng: np.random.Generator) -> None:
    """Replace every weight that training begins with."""
    _move(run.initial, rng)


def _move(weights: list[Any], rng: np.random.Generator) -> None:
    with torch.no_grad():
        for weight in weights:
            drawn = rng.standard_normal(tuple(weight.shape), dtype=np.float32)
            weight.add_(torch.from_numpy(np.float32(0.05) * drawn))


def begin_training(run: TrainingRun, data: Array) -> Array:
    """Every call starts from the first weights, so that no rounding builds up from call to call."""
    with torch.no_grad():
        for weight, first in zip(run.trainer.model.parameters(), run.initial, strict=True):
            weight.copy_(first)
    run.trainer.restart()
    return data


def run_step(run: TrainingRun) -> Callable[[Array], float]:
    return run.trainer.step


def run_epochs(run: TrainingRun) -> Callable[[Array], list[float]]:
    """The mean loss of each epoch."""

    def epochs(orders: Array) -> list[float]:
        means = []
        for order in orders:
            batches = order.reshape(-1, run.batch)
            means.append(float(np.mean([run.trainer.step(run.windows[chosen]) for chosen in batches])))
        return means

    return epochs


def observe_step(run: TrainingRun, windows: Array, loss: float) -> dict[str, Any]:
    """The loss, the gradient of each weight in units of its largest entry, and whether the weights went down it.

    In absolute terms a gradient would hide within any tolerance; and the weights after a step are no measure of it, for
    Adam takes the same step down a small gradient as down a large one.
    """
    gradients = [p.grad for p in run.trainer.model.parameters() if p.grad is not None]
    relative = torch.cat([(g / g.abs().max().clamp_min(1e-30)).flatten() for g in gradients])
    return {"loss": loss, "gradients": relative, "went down": went_down(run)}


def observe_sized_step(run: TrainingRun, windows: Array, loss: float) -> dict[str, Any]:
    """As `observe_step`, and how large the gradients are: Adam steps down twice a gradient as down that gradient."""
    gradients = [p.grad for p in run.trainer.model.parameters() if p.grad is not None]
    largest = torch.stack([gradient.abs().max() for gradient in gradients])
    return {**observe_step(run, windows, loss), "largest": largest}


def went_down(run: TrainingRun) -> bool:
    """Whether every weight is what one step of Adam makes of the first one and the gradient, to rounding."""
    copies = []
    for first, weight in zip(run.initial, run.trainer.model.parameters(), strict=True):
        copy = nn.Parameter(first.clone())
        copy.grad = weight.grad
        copies.append(copy)
    torch.optim.Adam(copies, lr=1e-3).step()
    return all(
        torch.allclose(copy, weight, rtol=1e-5, atol=1e-7)
        for copy, weight in zip(copies, run.trainer.model.parameters(), strict=True)
    )


def observe_epochs(run: TrainingRun, orders: Array, means: list[float]) -> dict[str, Any]:
    """The mean losses, in nats: two right forms are 3e-7 apart after one epoch."""
    return {"losses": np.array(means)}
