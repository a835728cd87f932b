"""Fractions in an object array."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="ratios",
    summary="fractions in an object array",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: [(int(a), int(b)) for a, b in r.integers(1, 40, (30, 2))],
            call=lambda ops: ops.f,
        ),
    ),
)
