"""A small frame."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="calendar",
    summary="a small frame",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(3, 7)),
            call=lambda ops: ops.f,
        ),
    ),
)
