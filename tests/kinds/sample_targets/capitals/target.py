"""A text in capitals."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="capitals",
    summary="a text in capitals",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: "".join(r.choice(list("abcdef "), 60)),
            call=lambda ops: ops.f,
        ),
    ),
)
