"""What the models of bytes are trained and measured on: windows of the English text that every CPython ships.

One half is for training, the other for measuring: what a model has seen it predicts better than it deserves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..compressor.text import seen, unseen

__all__ = ["EPOCH_BATCHES", "fixed", "random_windows", "seen", "unseen"]

EPOCH_BATCHES = 48  # of 4 windows of 128: what the notes' epochs are made of


def random_windows(data: bytes, rng: np.random.Generator, count: int, length: int) -> np.ndarray:
    """(count, length) uint8, each window from a random place of `data`. Raises ValueError where that is too short."""
    whole = _whole(data, length)
    starts = rng.integers(0, len(whole) - length + 1, count)
    windows: np.ndarray = whole[starts[:, None] + np.arange(length)]
    return windows


def fixed(
    data: bytes, count: int, length: int, suits: Callable[[np.ndarray], bool] = lambda window: True
) -> np.ndarray:
    """(count, length + 1) uint8: `count` windows, spread evenly over `data`, each with the byte that follows it.

    Windows overlap where there is less text. One that does not suit gives way to the next that does. Raises ValueError
    where there is none.
    """
    whole = _whole(data, length + 1)
    last = len(whole) - length - 1
    rows = []
    for start in np.linspace(0, last, count).astype(int):
        places = (at % (last + 1) for at in range(start, start + last + 1))
        window = next((w for w in (whole[at : at + length + 1] for at in places) if suits(w[:-1])), None)
        if window is None:
            raise ValueError(f"no window of {length} of these {len(data)} bytes suits")
        rows.append(window)
    return np.stack(rows)


def _whole(data: bytes, length: int) -> np.ndarray:
    if len(data) < length:
        raise ValueError(f"{len(data)} bytes of text are fewer than one window of {length}")
    return np.frombuffer(data, np.uint8)
