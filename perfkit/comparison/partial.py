"""An interrupted comparison: how far it came, and which of its rows say something. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from perfkit.comparison.planned_rows import Row
from perfkit.grammar import is_function
from perfkit.result import WRONG, Result
from perfkit.session.outcome import Outcome, ProofTally

__all__ = ["Place", "how_far", "reached_rows"]


def reached_rows(rows: Sequence[Row], results: Sequence[Result]) -> tuple[Result, ...]:
    """The results, row for row, without those of rows that were still to be measured.

    A row that could never be measured says why, but only beside one that was, and not of a recipe whose other rows were
    still to come: before that, nothing has been found out.
    """
    sampled = any(r.processes for r in results)
    begun = {r.recipes for r in results if _says_something(r)}
    to_come = {row.recipes for row in rows if not row.remark} - begun
    return tuple(
        _without_claim(result)
        for row, result in zip(rows, results, strict=True)
        if _says_something(result) or (sampled and row.remark and row.recipes not in to_come)
    )


def _says_something(r: Result) -> bool:
    return r.verdict != "unavailable" and not (r.verdict == "undecided" and r.processes == 0)


def _without_claim(r: Result) -> Result:
    """A claim is not judged by a row that has no figure yet: it would read as one that cannot be measured."""
    if r.speedup is not None or r.claim is None or r.verdict in WRONG:
        return r
    return replace(r, claim=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is under way: a part of the whole (a batch, a stack), or what comes `after` all has been measured.

    `groups`: the ids of those that are being measured; none while the part is proven.
    """

    part: str = ""
    groups: tuple[str, ...] = ()
    after: str = ""


def how_far(
    variants: Sequence[tuple[str, ...]],
    rows: Sequence[Row],
    results: Sequence[Result],
    outcome: Outcome,
    place: Place | None = None,
) -> str:
    """What an interrupted run had done, to follow the word "interrupted". `variants`: the recipes of each candidate.

    `place`: where it is; by default among all that there is.
    """
    if not rows:
        return "while counting the seams: nothing proven, nothing measured"
    place = place or Place(groups=tuple(outcome.groups))
    measured = _measured(rows, results, outcome)
    if place.after:
        return f"{place.after}: {measured or 'none measured'}"
    under_way = [outcome.groups[group_id] for group_id in place.groups if group_id in outcome.groups]
    processes = [s.process for group in under_way for s in group.samples]
    if not processes:
        during = f"during proofs{f' of {place.part}' if place.part else ''}: {_proven(variants, outcome)}"
        return f"{during}, {measured or 'none measured'}"
    planned = max(group.group.processes for group in under_way)
    where = ", ".join(filter(None, (place.part, f"process {1 + max(processes)} of {planned}")))
    return f"while measuring, {where}: {measured or _measured(rows, results, outcome, always=True)}"


def _measured(rows: Sequence[Row], results: Sequence[Result], outcome: Outcome, *, always: bool = False) -> str:
    """How many rows have a figure; "" where none has."""
    able = sum(not row.remark and row.key not in outcome.failures for row in rows)
    figures = sum(r.speedup is not None for r in results)
    return f"{figures} of {max(able, figures)} rows measured" if figures or always else ""


def _proven(variants: Sequence[tuple[str, ...]], outcome: Outcome) -> str:
    passed = sum(outcome.proofs.get(v, ProofTally()).passed for v in variants)
    wrong = sum(v in outcome.failures for v in variants)
    what = "recipe" if all(len(v) == 1 for v in variants) else "candidate"
    what = "function" if any(is_function(name) for v in variants for name in v) else what
    words = f"{passed} of {len(variants)} {what}{'s' * (len(variants) != 1)} proven"
    return f"{words}, {wrong} rejected or failed" if wrong else words
