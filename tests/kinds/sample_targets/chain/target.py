"""A chain of ten thousand links."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="chain",
    summary="a chain of ten thousand links",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 9, 10000).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
