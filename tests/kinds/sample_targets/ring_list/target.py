"""A list that holds itself."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="ring-list",
    summary="a list that holds itself",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 9, 30).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
