"""An interrupted comparison: how far it came, and which of its rows say something. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.comparison.rows import Row
from perfkit.grammar import is_function
from perfkit.result import Result
from perfkit.session.outcome import Outcome, ProofTally

__all__ = ["how_far", "reached_rows"]


def reached_rows(rows: Sequence[Row], results: Sequence[Result]) -> tuple[Result, ...]:
    """The results, row for row, without those of rows that were still to be measured.

    A row that could never be measured says why, but only beside one that was: before that, nothing has been found out.
    """
    sampled = any(r.processes for r in results)
    return tuple(
        _without_claim(result)
        for row, result in zip(rows, results, strict=True)
        if _says_something(result) or (sampled and row.remark)
    )


def _says_something(r: Result) -> bool:
    return r.verdict != "unavailable" and not (r.verdict == "undecided" and r.processes == 0)


def _without_claim(r: Result) -> Result:
    """A claim is not judged by a row that has no figure yet: it would read as one that cannot be measured."""
    if r.speedup is not None or r.claim is None or r.verdict in ("rejected", "failed"):
        return r
    return replace(r, claim=None)


def how_far(
    variants: Sequence[tuple[str, ...]], rows: Sequence[Row], results: Sequence[Result], outcome: Outcome
) -> str:
    """What an interrupted run had done, to follow the word "interrupted". `variants`: the recipes of each candidate."""
    if not rows:
        return "while counting the seams: nothing proven, nothing measured"
    samples = [s for group in outcome.groups.values() for s in group.samples]
    if not samples:
        return f"during proofs: {_proven(variants, outcome)}, none measured"
    planned = max(measured.group.processes for measured in outcome.groups.values())
    process = 1 + max(s.process for s in samples)
    able = sum(not row.remark and row.key not in outcome.failures for row in rows)
    figures = sum(r.speedup is not None for r in results)
    return f"while measuring, process {process} of {planned}: {figures} of {max(able, figures)} rows measured"


def _proven(variants: Sequence[tuple[str, ...]], outcome: Outcome) -> str:
    passed = sum(outcome.proofs.get(v, ProofTally()).passed for v in variants)
    wrong = sum(v in outcome.failures for v in variants)
    what = "recipe" if all(len(v) == 1 for v in variants) else "candidate"
    what = "function" if any(is_function(name) for v in variants for name in v) else what
    words = f"{passed} of {len(variants)} {what}{'s' * (len(variants) != 1)} proven"
    return f"{words}, {wrong} rejected or failed" if wrong else words
