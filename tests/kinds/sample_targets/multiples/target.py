"""A set of multiples."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="multiples",
    summary="a set of multiples",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(3, 9)),
            call=lambda ops: ops.f,
        ),
    ),
)
