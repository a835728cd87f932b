"""What a session has found so far, as a document. No I/O but a look at the clock and at the machine's counters."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfkit import __version__
from perfkit.comparison.warnings.registry import analyse
from perfkit.machine import counters
from perfkit.result import Document, Result, Status
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings

__all__ = ["document_of"]


def document_of(
    outcome: Outcome,
    settings: Settings,
    results: Sequence[Result],
    *,
    command: str,
    start_s: float,
    before: Mapping[str, float],
    status: Status | None = None,
    reached: str = "",
    warnings: Sequence[str] = (),
) -> Document:
    """Rows and samples, with what there is to warn of.

    `start_s`: when it began, by `time.monotonic`. `before`: the machine's counters when the sampling began; none before
    it has. `status`: as the outcome says, where none is given. `warnings`: beyond those of the outcome. They
    stand in the order of what they may spoil: what code did before what the machine did, and what is meant last.
    """
    own: dict[str, object] = {"threads": settings.threads, "resolution_ns": outcome.resolution_ns}
    during = {"during": counters.happened(before, counters.counters())} if before else {}
    document = Document(
        perfkit=__version__,
        command=command,
        seed=settings.seed,
        status=status or outcome.status,
        reached=reached,
        environment={**outcome.environment, **own, **during},
        results=tuple(results),
        samples=tuple(sample for group in outcome.groups.values() for sample in group.samples),
        warnings=(*outcome.warnings, *warnings, *outcome.thread_warnings(), *outcome.natural_warnings()),
        timing={
            "measuring_s": round(outcome.measuring_s, 3),
            "total_s": round(time.monotonic() - start_s, 3),
        },
    )
    return replace(document, warnings=(*document.warnings, *analyse(document)))
