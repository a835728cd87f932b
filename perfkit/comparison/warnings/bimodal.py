"""Times of one role are bimodal."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence

from perfkit import numbers
from perfkit.remarks import of_group
from perfkit.result import Document

__all__ = ["analyse", "split"]

_FEWEST = 20  # samples of one role in one group
_SHARE = 0.2  # of the samples in the smaller part
_APART = 0.02  # as a log-ratio
_CLEAR = 4.0  # the gap, in spreads of the parts


def analyse(document: Document) -> Iterator[str]:
    """The baseline of a group takes now this long, now that long, and little in between."""
    groups: dict[str, list[float]] = {}
    for sample in document.samples:
        if sample.role == "baseline" and sample.phase == "measure":
            groups.setdefault(sample.group, []).append(math.log(max(1.0, sample.per_call_ns)))
    for group, log_ns in groups.items():
        apart = split(log_ns)
        if apart is not None:
            yield of_group(
                group,
                f"the baseline's times are bimodal, {numbers.percent(math.expm1(apart))} between the two modes "
                "(threads that move, or another memory layout); --layout both tells which",
            )


def split(values: Sequence[float]) -> float | None:
    """The distance of the two groups that `values` fall into, or None when they are one."""
    ordered = sorted(values)
    if len(ordered) < _FEWEST:
        return None
    least = math.ceil(_SHARE * len(ordered))
    at = max(range(least, len(ordered) - least + 1), key=lambda i: ordered[i] - ordered[i - 1])
    low, high = ordered[:at], ordered[at:]
    apart = statistics.median(high) - statistics.median(low)
    spread = max(_spread(low), _spread(high))
    gap = ordered[at] - ordered[at - 1]
    return apart if apart > _APART and apart > _CLEAR * spread and gap > spread else None


def _spread(values: Sequence[float]) -> float:
    middle = statistics.median(values)
    return 1.4826 * statistics.median(abs(v - middle) for v in values)
