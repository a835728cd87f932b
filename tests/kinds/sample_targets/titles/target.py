"""Words with a capital."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="titles",
    summary="words with a capital",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: " ".join(r.choice(["one", "two", "three"], 30)),
            call=lambda ops: ops.f,
        ),
    ),
)
