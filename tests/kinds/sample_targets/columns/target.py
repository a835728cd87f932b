"""A polars frame with a column more."""

import polars as pl

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="columns",
    summary="a polars frame with a column more",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: pl.DataFrame({"a": r.integers(0, 9, 50), "b": r.random(50)}),
            call=lambda ops: ops.f,
        ),
    ),
)
