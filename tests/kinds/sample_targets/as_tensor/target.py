"""An array as a tensor."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="as-tensor",
    summary="an array as a tensor",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random((12, 8)),
            call=lambda ops: ops.f,
        ),
    ),
)
