"""The prime factors, as a tuple."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="prime-tuple",
    summary="the prime factors, as a tuple",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(500, 520)),
            call=lambda ops: ops.f,
        ),
    ),
)
