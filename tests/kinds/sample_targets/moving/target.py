"""A moving sum over a stream."""

import collections

from perfkit.target import Target, Workload

from .ops import Ops


class Model:
    """The program around the seam."""

    def __init__(self, ops, shared):
        self.ops = ops

    def run(self, xs):
        window = collections.deque()
        return [self.ops.push(window, x) for x in xs] + list(window)


TARGET = Target(
    id="moving",
    summary="a moving sum over a stream",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 100, 40).tolist(),
            call=lambda model: model.run,
            build=Model,
        ),
    ),
)
