"""Draws by probability."""

from perfkit.target import Target, Workload

from .ops import Ops


class Model:
    """The program around the seam."""

    def __init__(self, ops, shared):
        self.ops = ops

    def run(self, pair):
        cumulative, us = pair
        counts = [0] * len(cumulative)
        for u in us:
            counts[self.ops.pick(cumulative, u)] += 1
        return counts

    @staticmethod
    def chances(r):
        p = r.integers(1, 20, 12)
        return [round(float(c), 2) - 0.01 for c in p.cumsum() / p.sum()]


TARGET = Target(
    id="drawing",
    summary="draws by probability",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: (Model.chances(r), r.random(40).tolist()),
            call=lambda model: model.run,
            build=Model,
        ),
    ),
)
