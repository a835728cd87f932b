"""Neighbours, one pair after the other."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="pairs",
    summary="neighbours, one pair after the other",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 1000, 150).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
