"""A target for tests: one matrix product and a cube."""

from __future__ import annotations

import weakref
from typing import Any, ClassVar

import numpy as np

from perfkit.target import Target, Workload

from .ops import Ops


class Model:
    alive: ClassVar[weakref.WeakSet[Model]] = weakref.WeakSet()

    def __init__(self, ops: Ops, weight: Any) -> None:
        self.alive.add(self)
        self.ops = ops
        self.weight = weight

    def run(self, x: Any) -> Any:
        return self.ops.finish(self.ops, self.ops.mix(x, self.weight))


def shared(size: str, seed: int, *, width: int | None = None) -> Any:
    width = width or {"small": 64, "tiny": 5}[size]
    weight = np.random.default_rng(seed).standard_normal((width, width))
    weight.flags.writeable = False
    return weight


def data(weight: Any, rng: Any) -> Any:
    return rng.standard_normal((24, len(weight)))


def awkward(weight: Any) -> Any:
    for rows in (1, 7):
        yield lambda rng, rows=rows: rng.standard_normal((rows, len(weight)))


def change(model: Model, rng: Any) -> None:
    model.weight = rng.standard_normal(model.weight.shape)
    model.weight.flags.writeable = False


TARGET = Target(
    id="toy",
    summary="a matrix product and a cube",
    ops=Ops,
    workloads=(
        Workload(
            id="run",
            summary="24 rows",
            sizes=("small", "tiny"),
            axes=("width",),
            shared=shared,
            build=Model,
            data=data,
            call=lambda model: model.run,
            awkward=awkward,
            change=change,
        ),
    ),
)
