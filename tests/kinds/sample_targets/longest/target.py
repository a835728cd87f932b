"""The longest word."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="longest",
    summary="the longest word",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: ["".join(r.choice(list("abc"), int(r.integers(1, 9)))) for _ in range(40)],
            call=lambda ops: ops.f,
        ),
    ),
)
