"""The seams of ranked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {"f": "call"}


def f(df):
    """df (40 rows) -> its rows by score, each with its old index, and a rank; attrs say by what."""
    order = [int(i) for i in np.argsort(df["score"].to_numpy(), kind="stable")]
    out = df.iloc[order].copy()
    out["rank"] = [position for position, _ in enumerate(order)]
    out.attrs["by"] = "score"
    return out


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
