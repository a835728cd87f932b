"""Sums between offsets."""

import numpy as np

from perfkit.target import Target, Workload

from .ops import Ops


class Model:
    """The program around the seam."""

    def __init__(self, ops, shared):
        self.ops = ops

    def run(self, pair):
        values, offsets = pair
        return self.ops.sums(values, offsets)


TARGET = Target(
    id="segments",
    summary="sums between offsets",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: (r.integers(0, 100, 120), np.sort(r.integers(0, 121, 30))),
            call=lambda model: model.run,
            build=Model,
        ),
    ),
)
