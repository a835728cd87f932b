"""The lengths of vectors."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="norms",
    summary="the lengths of vectors",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.random((40, 3)).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
