"""Words by their length."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="grouped",
    summary="words by their length",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: ["".join(r.choice(list("abc"), int(r.integers(1, 6)))) for _ in range(50)],
            call=lambda ops: ops.f,
        ),
    ),
)
