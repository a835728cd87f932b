"""A view of the second half, as its contract says."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="second-half",
    summary="a view of the second half, as its contract says",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(400),
            call=lambda ops: ops.f,
        ),
    ),
)
