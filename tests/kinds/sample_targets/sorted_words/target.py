"""Words by their endings."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="sorted-words",
    summary="words by their endings",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: ["".join(r.choice(list("abcDE"), 6)) for _ in range(40)],
            call=lambda ops: ops.f,
        ),
    ),
)
