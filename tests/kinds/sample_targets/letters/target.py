"""How often each letter occurs."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="letters",
    summary="how often each letter occurs",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: "".join(r.choice(list("abcde"), 3)),
            call=lambda ops: ops.f,
        ),
    ),
)
