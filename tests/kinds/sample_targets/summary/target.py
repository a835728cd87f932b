"""A summary with its numbers in it."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="summary",
    summary="a summary with its numbers in it",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(200).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
