"""Targets, or points of a sweep, measured one after the other; what stops one of them takes nothing from the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from perfkit.microbench.merge import merged
from perfkit.result import CutShort, Document

__all__ = ["Part", "in_turn"]

Part = tuple[str, Callable[[], Document]]  # what it is, in words that follow "interrupted", and what measures it


def in_turn(parts: Iterable[Part], heard: Callable[[Document], None] = lambda document: None) -> Document:
    """Measure each part and tell `heard` of it; one document of all. None is begun after one that was interrupted.

    Raises CutShort, with what there is, where anything goes wrong after the first sample, be it in `heard`.
    """
    start_s, done, reached = time.monotonic(), list[Document](), ""
    failed: Exception | None = None
    for place, measure in parts:
        try:
            try:
                done.append(measure())
            except CutShort as cut:
                done.append(cut.document)
                failed = cut.error
            heard(done[-1])
        except Exception as error:
            failed = failed or error
        if failed and not any(document.samples for document in done):
            raise failed
        if failed or done[-1].status == "interrupted":
            reached = f"by an error {place}".rstrip() if failed else place
            break
    document = replace(merged(done, time.monotonic() - start_s), reached=reached)
    if failed:
        raise CutShort(failed, replace(document, status="interrupted")) from failed
    return document
