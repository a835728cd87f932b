"""The machine became slower, or faster, while it was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator

from perfkit import numbers
from perfkit.remarks import of_group
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
    drifts = {group: drift for group, samples in groups.items() if (drift := _drift(samples))}
    if not drifts:
        return
    group, most = max(drifts.items(), key=lambda pair: abs(pair[1]))
    word = "slower" if most > 0 else "faster"
    others = f", and those of {len(drifts) - 1} more drifted" if len(drifts) > 1 else ""
    yield of_group(
        group,
        f"the baseline became {numbers.percent(abs(math.expm1(most)))} {word} in the course of the run{others}; "
        "speed-ups are taken in pairs and stand, times do not; perfkit doctor shows the machine",
    )


def _drift(samples: list[tuple[int, int, float]]) -> float:
    """The log-ratio of the last quarter to the first, when it matters and hardly a sample denies it; 0 otherwise."""
    if len(samples) < _FEWEST:
        return 0.0
    log_ns = [value for _, _, value in sorted(samples)]
    quarter = len(log_ns) // 4
    first, last = statistics.median(log_ns[:quarter]), statistics.median(log_ns[-quarter:])
    wrong = sum((value - first) * (last - first) <= 0 for value in log_ns[-quarter:])
    return last - first if abs(last - first) > _MATTERS and wrong <= _OVERLAP * quarter else 0.0
