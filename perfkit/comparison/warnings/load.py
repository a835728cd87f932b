"""Something else was running."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit import numbers
from perfkit.result import Document

__all__ = ["analyse"]

_OTHERS = 0.1  # of all processors


def analyse(document: Document) -> Iterator[str]:
    """Other processes used the processors while this was measured."""
    during = document.environment.get("during")
    others = during.get("others_share") if isinstance(during, dict) else None
    if isinstance(others, float) and others > _OTHERS:
        cores = document.environment.get("cores")
        share = f"{numbers.percent(others)} of the processors"
        used = f"{numbers.amount(others * cores)} of {cores} cores" if isinstance(cores, int) else share
        yield f"other programs used {used}; close them before the next run"
