"""A list as an array."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="packed",
    summary="a list as an array",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(300).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
