"""The first letter."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="initial",
    summary="the first letter",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: "".join(r.choice(list("abcdef"), 8)),
            call=lambda ops: ops.f,
        ),
    ),
)
