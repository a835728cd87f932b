"""Two dicts as one."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="merged",
    summary="two dicts as one",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: ({f"a{k}": k for k in range(40)}, {f"b{k}": k for k in range(int(r.integers(0, 4)))}),
            call=lambda ops: ops.f,
        ),
    ),
)
