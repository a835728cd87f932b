"""A grid of zeros."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="grid",
    summary="a grid of zeros",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(10, 30)),
            call=lambda ops: ops.f,
        ),
    ),
)
