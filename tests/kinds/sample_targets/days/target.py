"""Days since 1970, with gaps."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="days",
    summary="days since 1970, with gaps",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(-500, 20000, 80).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
