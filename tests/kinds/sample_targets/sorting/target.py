"""Sorts the list it is given."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="sorting",
    summary="sorts the list it is given",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 1000, 60).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
