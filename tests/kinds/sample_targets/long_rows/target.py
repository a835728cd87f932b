"""The rows whose sum is positive."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="long-rows",
    summary="the rows whose sum is positive",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.normal(size=(20, 5)).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
