"""Does the caller own a result, as he owns the baseline's? He may write over it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from perfkit import schedule
from perfkit.equivalence import Equivalence, exact
from perfkit.tree import Difference, copy, first_difference, overlapping, overwrite, places
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.proof.call import Make, Tally, call_once, compared
from perfkit.worker.subject import Subject

__all__ = ["overwrite_results"]

_OWNED = "a call whose result is then overwritten"
_INPUTS, _LONGEST_S = 8, 0.1
_AGAIN = "the same input again, after its result was overwritten"


@dataclass(frozen=True, slots=True)
class _Overwritten:
    """What one call gave, what let itself be overwritten, and how its input differs since."""

    seen: Any
    parts: dict[str, type]  # that can hold something, by place
    refused: tuple[str, ...]  # places that did not let themselves be overwritten
    alias: Difference | None
    observed: bool
    overlaps: tuple[str, ...]  # places of arrays whose elements overlap in memory


def overwrite_results(
    reference: Subject, candidate: Subject, make: Callable[[int], Make], rule: Equivalence, tally: Tally
) -> None:
    """Overwrite some results of each, as a caller who owns them may: neither the input nor the next call may show it.

    Of several inputs, drawn by number: what is handed out again may hang on them. Where the input of the baseline shows
    it, so may the candidate's. Where the baseline is not what it was, its callers do not own what it gives, and nothing
    is asked of the candidate. Raises Rejected.
    """
    start = time.monotonic()
    for number in range(_INPUTS):
        if number and time.monotonic() - start > _LONGEST_S:
            return
        if not _overwrite(reference, candidate, make(number), rule, tally):
            return


def _overwrite(reference: Subject, candidate: Subject, make: Make, rule: Equivalence, tally: Tally) -> bool:
    """Overwrite one result of each; False where the baseline's is not its callers' own."""
    with blaming(schedule.BASELINE):
        expected = _overwritten(reference, make)
        try:
            _, expected_again = call_once(reference, user_code(_AGAIN, lambda: make(reference)), _AGAIN)
        except Rejected:  # it stumbles over what its caller has overwritten
            return False
        if user_code(_AGAIN, lambda: first_difference(expected.seen, expected_again, exact())) is not None:
            return False
    with blaming(schedule.CANDIDATE):
        got = _overwritten(candidate, make)
        compared(expected.seen, got.seen, rule, _OWNED)
        if got.alias is not None and expected.alias is None:
            raise Rejected(f"{_OWNED}, its input afterwards, which shares memory with it", got.alias)
        _compare_parts(expected, got, alike=not (rule.free or got.observed))
        _, again = call_once(candidate, user_code(_AGAIN, lambda: make(candidate)), _AGAIN)
        compared(expected_again, again, rule, _AGAIN)
        tally.checked_calls += 2
        tally.calls_of_one_instance += 2
    return True


def _compare_parts(expected: _Overwritten, got: _Overwritten, *, alike: bool) -> None:
    """Raise Rejected where a part of the result is less the caller's own than the baseline's.

    `alike`: both results have the same parts, as they have where all of the raw output is compared.
    """
    for place in got.refused:
        if place not in expected.refused and expected.parts.get(place) is got.parts.get(place):
            why = "the result is read-only where the baseline's can be written to"
            said = Difference(where=place, index=None, expected="writable", got="read-only", why=why)
            raise Rejected(_OWNED, said)
    if got.overlaps and not expected.overlaps:
        why = "elements of the result share memory with each other, and the baseline's do not"
        said = Difference(where=got.overlaps[0], index=None, expected="memory of its own", got="overlapping", why=why)
        raise Rejected(_OWNED, said)
    for place in expected.parts if alike else ():
        if place not in got.parts:
            why = "the result holds the same object twice where the baseline's holds two"
            said = Difference(where=place, index=None, expected="an object of its own", got="one met before", why=why)
            raise Rejected(_OWNED, said)


def _overwritten(subject: Subject, make: Make) -> _Overwritten:
    data = user_code(_OWNED, lambda: make(subject))
    output, seen = call_once(subject, data, _OWNED)

    def outcome() -> _Overwritten:
        kept, parts = copy(seen), places(output)
        before = copy(subject.untouched(data))
        overlaps = tuple(f"output, array {n}" for n, lapped in enumerate(overlapping(output), 1) if lapped)
        refused = overwrite(output)
        alias = first_difference(before, subject.untouched(data), exact(), "input")
        return _Overwritten(kept, parts, refused, alias, observed=seen is not output, overlaps=overlaps)

    found: _Overwritten = user_code("the caller overwrites a result", outcome)
    return found
