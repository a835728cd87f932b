"""A sum of fractions."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="fraction-sum",
    summary="a sum of fractions",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: [(int(a), int(b)) for a, b in r.integers(1, 30, (12, 2))],
            call=lambda ops: ops.f,
        ),
    ),
)
