"""A Hann window that nobody writes to."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="window",
    summary="a Hann window that nobody writes to",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(60, 64)),
            call=lambda ops: ops.f,
        ),
    ),
)
