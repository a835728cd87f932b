"""The block-sparse mask of kept spans, in three forms: the documented slow forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["kept_positions", "mask_blocks", "mask_coo", "mask_dense"]

Coordinates = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]


def kept_positions(spans: Sequence[int], span: int, total: int) -> list[int]:
    """The positions of `spans`, each `span` long, that lie below `total`."""
    positions: list[int] = []
    for number in spans:
        start = number * span
        end = min(start + span, total)
        positions.extend(range(start, end))
    return positions


def mask_coo(positions: Sequence[int], total: int) -> Coordinates:
    """Rows and columns (int64) of all pairs of positions, row by row, and a 1 (float32) for each."""
    rows, cols = [], []
    for i in positions:
        for j in positions:  # slow: a step of Python for each pair
            if 0 <= i < total and 0 <= j < total:
                rows.append(i)
                cols.append(j)
    return np.array(rows, np.int64), np.array(cols, np.int64), np.ones(len(rows), np.float32)


def mask_dense(positions: Sequence[int], total: int) -> NDArray[np.bool_]:
    """(total, total): whether both positions are kept."""
    mask = np.zeros((total, total), np.bool_)
    for i in positions:
        for j in positions:  # slow: an assignment to an element for each pair
            if 0 <= i < total and 0 <= j < total:
                mask[i, j] = True
    return mask


def mask_blocks(spans: Sequence[int], span: int, total: int) -> NDArray[np.bool_]:
    """(total, total): whether both positions lie in the same kept span."""
    mask = np.zeros((total, total), np.bool_)
    for number in spans:
        start = number * span
        end = min(start + span, total)
        for i in range(start, end):
            for j in range(start, end):
                mask[i, j] = True
    return mask
