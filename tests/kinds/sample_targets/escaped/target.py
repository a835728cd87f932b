"""Text for a page."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="escaped",
    summary="text for a page",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: ["".join(r.choice(list("ab<>&"), 8)) for _ in range(30)],
            call=lambda ops: ops.f,
        ),
    ),
)
