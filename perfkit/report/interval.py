"""A row's speed-up in words, beside the interval that decides its verdict."""

from __future__ import annotations

from perfkit import numbers
from perfkit.result import Result, Speedup
from perfkit.stats.deciding_interval import deciding

__all__ = ["HEAD", "bounds_words", "interval_words", "speedup_words"]

_LEVEL = 0.99  # of all verdicts but those that say their own
HEAD = "speed-up (99 %)"


def speedup_words(r: Result) -> str:
    """The speed-up and its interval: `1.155x (1.149–1.161)`; `–` where nothing was measured."""
    return " ".join(filter(None, (numbers.ratio(r.speedup.point), interval_words(r)))) if r.speedup else "–"


def interval_words(r: Result) -> str:
    """The interval: `(1.149–1.161)`, `(0.996–1.006, 95 %)`; where something else decided, where that is said."""
    interval = deciding(r)
    if interval is not None:
        return bounds_words(interval)
    return "(see note)" if r.speedup and r.note else ""


def bounds_words(s: Speedup) -> str:
    """An interval, and how sure it is where it is less sure than the others."""
    bounds = numbers.bounds(s.point, s.low, s.high)
    return bounds if s.level >= _LEVEL else f"{bounds[:-1]}, {numbers.level(s.level)})"
