"""Points as dataclasses."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="points",
    summary="points as dataclasses",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.standard_normal((30, 2)).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
