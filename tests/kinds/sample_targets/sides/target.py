"""Which side each number is on."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="sides",
    summary="which side each number is on",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.standard_normal(60).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
