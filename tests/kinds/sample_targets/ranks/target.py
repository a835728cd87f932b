"""Ranks, ties in order of appearance."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="ranks",
    summary="ranks, ties in order of appearance",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(80),
            call=lambda ops: ops.f,
        ),
    ),
)
