"""All but the edges."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="trim",
    summary="all but the edges",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random((30, 30)),
            call=lambda ops: ops.f,
        ),
    ),
)
