"""A matrix times its transpose."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="gram",
    summary="a matrix times its transpose",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random((40, 40)),
            call=lambda ops: ops.f,
        ),
    ),
)
