"""Values as shares of their sum."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="shares",
    summary="values as shares of their sum",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: {f"k{i}": float(v) for i, v in enumerate(r.random(30))},
            call=lambda ops: ops.f,
        ),
    ),
)
