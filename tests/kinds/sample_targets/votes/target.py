"""A Counter."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="votes",
    summary="a Counter",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: r.choice(["yes", "no", "maybe"], 50).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
