"""Samples whose numbers went subnormal, overflowed or died away, or that had to be taken again.

The flags are set by `worker/number_health.py` and `worker/sampler.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from perfkit.result import Document

__all__ = ["analyse"]

_WORDS = {
    "subnormal": "went subnormal, which some processors compute slowly",
    "nonfinite": "overflowed or gave NaN",
    "decayed": "decayed to zeros",
    "repeated": "taken again with fewer loops",
}


def analyse(document: Document) -> Iterator[str]:
    """How many samples bear each flag."""
    flags = Counter(flag for sample in document.samples for flag in sample.flags)
    for flag, count in sorted(flags.items()):
        yield f"{count} sample{'s' * (count != 1)} {_WORDS.get(flag, flag)}"
