"""A frame by its score."""

import pandas as pd

from perfkit.target import Target, Workload

from .ops import Ops

TARGET = Target(
    id="ranked",
    summary="a frame by its score",
    ops=Ops,
    workloads=(
        Workload(
            id="usual",
            summary="usual",
            data=lambda s, r: pd.DataFrame({"name": [f"n{k}" for k in range(40)], "score": r.permutation(40)}),
            call=lambda ops: ops.f,
        ),
    ),
)
