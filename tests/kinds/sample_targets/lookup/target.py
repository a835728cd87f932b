"""Places in a sorted table."""

from perfkit.target import Target, Workload

from .ops import Ops


class Model:
    """The program around the seam."""

    def __init__(self, ops, shared):
        self.ops = ops

    def run(self, pair):
        table, queries = pair
        return [self.ops.find(table, x) for x in queries]


TARGET = Target(
    id="lookup",
    summary="places in a sorted table",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: (sorted(r.integers(0, 300, 80).tolist()), r.integers(-5, 310, 30).tolist()),
            call=lambda model: model.run,
            build=Model,
        ),
    ),
)
