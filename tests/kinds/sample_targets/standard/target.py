"""Mean zero, spread one."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="standard",
    summary="mean zero, spread one",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.standard_normal(80),
            call=lambda ops: ops.f,
        ),
    ),
)
