"""How many are above the middle."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="flags",
    summary="how many are above the middle",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 100, 80).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
