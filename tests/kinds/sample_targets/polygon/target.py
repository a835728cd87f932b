"""A regular polygon as an object."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="polygon",
    summary="a regular polygon as an object",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(8, 12)),
            call=lambda ops: ops.f,
        ),
    ),
)
