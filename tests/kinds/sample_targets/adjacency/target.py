"""A sparse matrix of edges."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="adjacency",
    summary="a sparse matrix of edges",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.permutation(900)[:40].tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
