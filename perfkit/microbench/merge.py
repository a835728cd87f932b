"""Several runs of one command as one document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.result import STATUSES, Document

__all__ = ["merged"]


def merged(documents: Sequence[Document], total_s: float) -> Document:
    """One document with the rows and samples of all; groups bear the target's name, by which they differ."""
    if len(documents) == 1:
        return replace(documents[0], timing={**documents[0].timing, "total_s": round(total_s, 3)})
    named = [_named(document) for document in documents]
    statuses = [document.status for document in documents]
    return replace(
        named[0],
        status=next(status for status in STATUSES if status in statuses),
        results=tuple(result for document in named for result in document.results),
        samples=tuple(sample for document in named for sample in document.samples),
        warnings=tuple(dict.fromkeys(warning for document in named for warning in document.warnings)),
        timing={
            "measuring_s": round(sum(document.timing.get("measuring_s", 0.0) for document in documents), 3),
            "total_s": round(total_s, 3),
        },
    )


def _named(document: Document) -> Document:
    target = document.results[0].cell.target if document.results else ""
    return replace(
        document,
        results=tuple(replace(r, group=f"{target}: {r.group}" if r.group else "") for r in document.results),
        samples=tuple(replace(s, group=f"{target}: {s.group}") for s in document.samples),
    )
