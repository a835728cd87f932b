"""Names and ages as one array."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="records",
    summary="names and ages as one array",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(1, 99, 40).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
