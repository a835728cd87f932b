"""Random numbers from numpy's global generator."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="np-noise",
    summary="random numbers from numpy's global generator",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: int(r.integers(40, 60)),
            call=lambda ops: ops.f,
        ),
    ),
)
