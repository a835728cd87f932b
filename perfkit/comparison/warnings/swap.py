"""Memory ran short, and pages went to disk."""

from __future__ import annotations

from collections.abc import Iterator

from perfkit import numbers
from perfkit.result import Document

__all__ = ["analyse"]

_PAGES = 100


def analyse(document: Document) -> Iterator[str]:
    """Pages were swapped while this was measured."""
    during = document.environment.get("during")
    pages = during.get("swapped_pages") if isinstance(during, dict) else None
    if isinstance(pages, int) and pages > _PAGES:
        yield f"{numbers.count(pages)} pages were swapped while this was measured; a smaller model fits: --size tiny"
