"""The greatest number."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="peak",
    summary="the greatest number",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(100),
            call=lambda ops: ops.f,
        ),
    ),
)
