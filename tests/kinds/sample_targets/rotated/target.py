"""Letters moved by thirteen."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="rotated",
    summary="letters moved by thirteen",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: "".join(r.choice(list("abcdefxyz "), 50)),
            call=lambda ops: ops.f,
        ),
    ),
)
