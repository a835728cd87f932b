"""An async function."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="fetched",
    summary="an async function",
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
