"""Every price 10 % up."""

from perfkit.target import Target, Workload

from .ops import Item, Ops

TARGET = Target(
    id="raised",
    summary="every price 10 % up",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: [Item(f"n{k}", float(r.integers(1, 100))) for k in range(30)],
            call=lambda ops: ops.f,
        ),
    ),
)
