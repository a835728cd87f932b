"""The rest by eight, as C has it."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="rest-of-eight",
    summary="the rest by eight, as C has it",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.integers(0, 1000, 80).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
