"""Numbers, or why not."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="parsed",
    summary="numbers, or why not",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: [str(n) if n % 7 else f"{n}x" for n in r.integers(0, 1000, 40).tolist()],
            call=lambda ops: ops.f,
        ),
    ),
)
