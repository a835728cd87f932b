"""Two sines and one."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="affine",
    summary="two sines and one",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(1500),
            call=lambda ops: ops.f,
        ),
    ),
)
