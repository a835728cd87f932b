"""What the workloads of the models of bytes share, said once: their data, what is called, and what must come out.

They are listed in the `target.py` of each model, which adds what is read without being run (id, summary, sizes, axes),
and what is the model's own; `runners.py` has the functions:

    Workload(id="train", summary="...", sizes=("small", "tiny"), **trained(shared, make_model))
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from perfkit.target import Cost

from .runners import (
    Make,
    Runner,
    Shared,
    Tensor,
    awkward_features,
    awkward_windows,
    batch_to_train_on,
    begin_training,
    build,
    build_for_epochs,
    build_trainer,
    change_initial,
    change_weights,
    close_training,
    observe_epochs,
    observe_sized_step,
    observe_step,
    orders,
    passage,
    run_epochs,
    run_infer,
    run_step,
    to_ids,
)

__all__ = ["encoded", "inferred", "read_as_features", "trained", "trained_for_epochs", "trained_on_halves"]

MakeShared = Callable[..., Shared]
Run = Callable[[Runner], Callable[[Tensor], Tensor]]


def inferred(shared: MakeShared, make: Make, cost: Callable[[Shared], Cost]) -> dict[str, Any]:
    """Bytes to logits."""
    return {
        **encoded(shared, make, run_infer),
        "awkward": awkward_windows,
        "cost": cost,
        "throughput": ("bytes", _bytes_of_a_call),
    }


def encoded(shared: MakeShared, make: Make, run: Run) -> dict[str, Any]:
    """Bytes to what `run` makes of them."""
    return {
        "shared": shared,
        "build": partial(build, make),
        "data": passage,
        "prepare": to_ids,
        "call": run,
        "change": change_weights,
    }


def read_as_features(
    shared: MakeShared, make: Make, run: Run, observe: Callable[[Runner, Tensor, Tensor], Any]
) -> dict[str, Any]:
    """Bytes to spectral features, which are compared as `observe` weighs them; any bytes, not of text alone."""
    return {**encoded(shared, make, run), "observe": observe, "awkward": awkward_features}


def trained(shared: MakeShared, make: Make) -> dict[str, Any]:
    """One step of Adam."""
    return {
        "shared": shared,
        "build": partial(build_trainer, make),
        "data": batch_to_train_on,
        "prepare": begin_training,
        "call": run_step,
        "observe": observe_step,
        "change": change_initial,
        "close": close_training,
    }


def trained_on_halves(shared: MakeShared, make: Make) -> dict[str, Any]:
    """One step of Adam that several processes may share; of each gradient its size is compared too."""
    return {**trained(shared, make), "observe": observe_sized_step}


def trained_for_epochs(shared: MakeShared, make: Make) -> dict[str, Any]:
    """Steps over the same windows, in an order that each epoch draws anew."""
    return {
        **trained(shared, make),
        "build": partial(build_for_epochs, make),
        "data": orders,
        "call": run_epochs,
        "observe": observe_epochs,
    }


def _bytes_of_a_call(shared: Shared) -> float:
    return shared.batch * shared.length
