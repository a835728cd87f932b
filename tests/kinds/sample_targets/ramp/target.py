"""A ramp as a tensor."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="ramp",
    summary="a ramp as a tensor",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(50, 60)),
            call=lambda ops: ops.f,
        ),
    ),
)
