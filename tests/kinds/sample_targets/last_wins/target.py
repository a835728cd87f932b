"""Pairs as a dict."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="last-wins",
    summary="pairs as a dict",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: [(int(k), float(r.random())) for k in r.permutation(100)[:40]],
            call=lambda ops: ops.f,
        ),
    ),
)
