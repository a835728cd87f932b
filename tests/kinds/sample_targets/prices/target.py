"""Prices with two digits."""

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="prices",
    summary="prices with two digits",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: (r.integers(1, 2000, 40) * 5).tolist(),
            call=lambda ops: ops.f,
        ),
    ),
)
