"""The window that slides, and the choice of what is worth keeping: the documented slow forms."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ops import Ops

__all__ = ["keep_best", "largest", "scale", "slide"]


def slide(buffer: deque[int], tokens: Sequence[int]) -> tuple[deque[int], list[int]]:
    """The buffer with `tokens` behind what it held, the oldest gone, and a list of it. It may change `buffer`."""
    room = buffer.maxlen or 0
    overflow = len(buffer) + len(tokens) - room
    for _ in range(min(overflow, len(buffer))):
        buffer.popleft()  # slow: one at a time
    buffer.extend(tokens)
    return buffer, list(buffer)


def keep_best(scores: Sequence[float], target: int) -> list[int]:
    """`target` positions, rising: the newest max(64, target / 4), and the best of the others, earlier ones first."""
    count = len(scores)
    if count <= target:
        return list(range(count))
    newest = min(target, max(64, target // 4))
    older = range(count - newest)
    ranked = sorted(older, key=lambda i: scores[i], reverse=True)  # slow: all of them, for some
    return sorted(ranked[: target - newest]) + list(range(count - newest, count))


def largest(scores: Sequence[float]) -> float:
    """The largest of some scores, in absolute terms; 0 where there is none."""
    return max([abs(score) for score in scores], default=0.0)  # a whole list, of which one number is wanted


def scale(ops: Ops, scores: Sequence[float]) -> list[float]:
    """Scores as parts of the largest; all 0 where all are."""
    most = ops.largest(scores)
    return [score / most if most else 0.0 for score in scores]
