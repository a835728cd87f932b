"""Least and greatest."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="extent",
    summary="least and greatest",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random(80).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
