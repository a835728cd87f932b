"""How often each word occurs."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="tally",
    summary="how often each word occurs",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.choice(["red", "green", "blue", "black"], 60).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
