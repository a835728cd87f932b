"""Even and odd numbers below n."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="tuple-of-lists",
    summary="even and odd numbers below n",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(100, 110)),
            call=lambda ops: ops.f,
        ),
    ),
)
