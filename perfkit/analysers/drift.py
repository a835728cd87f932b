"""The machine became slower, or faster, while it was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

from perfkit.result import Document

__all__ = ["analyse"]

_FEWEST = 20  # samples
_MATTERS = 0.05  # as a log-ratio, from the first quarter to the last
_OVERLAP = 0.1  # of the last quarter on the wrong side of the first one's median


def analyse(document: Document) -> Iterator[str]:
    """The baseline of a group takes longer at the end than at the beginning; ratios are taken in pairs and stand."""
    groups: dict[str, list[tuple[int, int, float]]] = {}
    for s in document.samples:
        if s.role == "baseline" and s.phase == "measure":
            groups.setdefault(s.group, []).append((s.process, s.round, math.log(max(1.0, s.per_call_ns))))
    for group, samples in groups.items():
        if len(samples) < _FEWEST:
            continue
        log_ns = [value for _, _, value in sorted(samples)]
        quarter = len(log_ns) // 4
        first, last = statistics.median(log_ns[:quarter]), statistics.median(log_ns[-quarter:])
        wrong = sum((value - first) * (last - first) <= 0 for value in log_ns[-quarter:])
        if abs(last - first) > _MATTERS and wrong <= _OVERLAP * quarter:
            word = "slower" if last > first else "faster"
            yield (
                f"{group}: the baseline became {100 * abs(math.expm1(last - first)):.0f} % {word} in the course of the "
                "run; speed-ups are taken in pairs and stand, times do not; perfkit doctor shows the machine"
            )
