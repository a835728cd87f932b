"""`show --against`: two saved runs, row against row."""

from __future__ import annotations

from typing import Any

from perfkit.comparison.against import Against
from perfkit.report.data.envelope import envelope
from perfkit.report.flat import measured
from perfkit.result import Document, Result

__all__ = ["against_data"]


def against_data(found: Against) -> dict[str, Any]:
    """Two saved runs, row against row, as plain data; times only where these may be compared."""
    return envelope(
        "show",
        then=_run(found.then),
        now=_run(found.now),
        differences=found.differences,
        notes=found.notes,
        times_comparable=found.times_comparable,
        pairs=[
            {
                **measured(pair.now),
                "change": pair.change,
                "note": pair.note,
                "then": _outcome(pair.then, times=found.times_comparable),
                "now": _outcome(pair.now, times=found.times_comparable),
            }
            for pair in found.pairs
        ],
        only_then=[measured(row) for row in found.only_then],
        only_now=[measured(row) for row in found.only_now],
    )


def _run(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in ("perfkit", "command", "seed", "status", "environment", "timing")}


def _outcome(row: Result, *, times: bool) -> dict[str, Any]:
    return {
        "verdict": row.verdict,
        "speedup": row.speedup,
        "baseline_ns": row.baseline_ns if times else None,
        "candidate_ns": row.candidate_ns if times else None,
    }
