"""One row many times."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="spread",
    summary="one row many times",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(40),
            call=lambda ops: ops.f,
        ),
    ),
)
