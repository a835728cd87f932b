"""The divisors of a number that comes again."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="divisors",
    summary="the divisors of a number that comes again",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(300, 330)),
            call=lambda ops: ops.f,
        ),
    ),
)
