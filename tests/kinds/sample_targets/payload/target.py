"""What follows the header."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="payload",
    summary="what follows the header",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: bytearray(r.bytes(200)),
            call=lambda ops: ops.f,
        ),
    ),
)
