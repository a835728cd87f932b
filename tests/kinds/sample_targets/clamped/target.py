"""Numbers held between two limits."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="clamped",
    summary="numbers held between two limits",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: (r.standard_normal(60) * 3).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
