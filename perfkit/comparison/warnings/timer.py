"""The clock is too coarse for the samples that were taken."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from perfkit import numbers
from perfkit.result import Document

__all__ = ["analyse"]

_STEPS = 1000  # of the clock in one sample: what one step more or less is then lost in


def analyse(document: Document) -> Iterator[str]:
    """Samples that last fewer than a thousand steps of the clock."""
    step_ns = document.environment.get("resolution_ns")
    if not isinstance(step_ns, int) or not document.samples:
        return
    typical_ns = statistics.median(s.elapsed_ns for s in document.samples)
    if typical_ns < _STEPS * step_ns:
        yield (
            f"the clock steps by {numbers.time(step_ns)} and a sample lasts {numbers.time(typical_ns)}: differences "
            f"below {numbers.percent(step_ns / typical_ns)} are out of reach; measure a larger --size"
        )
