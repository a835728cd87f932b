"""A checksum of a buffer."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="checksum",
    summary="a checksum of a buffer",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: bytearray(r.bytes(300)),
            call=lambda ops: ops.f,
        ),
    ),
)
