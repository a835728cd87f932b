"""The root, or an error."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="strict",
    summary="the root, or an error",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: float(r.integers(-3, 40)),
            call=lambda ops: ops.f,
        ),
    ),
)
