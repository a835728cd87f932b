"""What orders cost."""

from perfkit.target import Target, Workload

from .ops import Ops, Order


class Model:
    """The program around the seam."""

    def __init__(self, ops, shared):
        self.ops = ops

    def run(self, orders):
        return [self.ops.cost(order) for order in orders]


TARGET = Target(
    id="orders",
    summary="what orders cost",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: [
                Order(int(q), float(p)) for q, p in zip(r.integers(1, 105, 30), r.integers(1, 50, 30), strict=True)
            ],
            call=lambda model: model.run,
            build=Model,
        ),
    ),
)
