"""Two saved runs of one target, row against row: ratios are compared, what differs around them is named. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from perfkit.errors import UsageError
from perfkit.result import Document, Result

__all__ = ["CHANGES", "CONDITIONS", "Against", "Difference", "Pair", "against"]

_GPU = "gpu"  # of a machine without one nothing is written
# the name of each condition that figures depend on, and its key in the environment
CONDITIONS = {
    "cpu": "cpu",
    "cores": "cores",
    "memory": "memory_bytes",
    "system": "system",
    "machine": "machine",
    "virtual": "virtual",
    "threads": "threads",
    "blas": "blas",
    "python": "python",
    "implementation": "implementation",
    "numpy": "numpy",
    "torch": "torch",
    "gpu": _GPU,
}
CHANGES = ("same", "more", "less", "verdict")
_MEMORY_SLACK = 0.01  # the same machine reports a little less or more after a new kernel
_MEASURING_SLACK = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not the same in the two runs; None is not known, or for a library not installed."""

    name: str
    then: object
    now: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One row of both runs. `change` is one of CHANGES.

    more, less: the two 95 % intervals lie apart, by more than either run's noise floor, and the recipe gives more or
    less than then. same: anything else with two speed-ups; `note` says where the noise floor alone decided. verdict:
    one of the two has no speed-up, or neither has, and only the verdicts can be held against each other.
    """

    then: Result
    now: Result
    change: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """The new run against the old one. Absolute times may be compared only where `times_comparable`."""

    then: Document
    now: Document
    differences: tuple[Difference, ...]  # of machine, threads and versions
    notes: tuple[Difference, ...]  # of the session: seed, status, time spent, margin
    times_comparable: bool
    pairs: tuple[Pair, ...]
    only_then: tuple[Result, ...]
    only_now: tuple[Result, ...]


def against(now: Document, then: Document) -> Against:
    """Pair the rows that measured the same thing, in the order of the new run.

    Raises UsageError when nothing can be held against anything: a run whose machine is not known, two targets, or no
    row in common.
    """
    for which, document in (("new", now), ("old", then)):
        if all(document.environment.get(key) is None for name, key in CONDITIONS.items() if name != "threads"):
            raise UsageError(
                f"the {which} run does not say what machine it ran on", hint="it ended too early: measure again"
            )
    targets = [sorted({r.cell.target for r in document.results}) for document in (now, then)]
    if all(targets) and targets[0] != targets[1]:
        raise UsageError(f"the new run is of {', '.join(targets[0])}, the old one of {', '.join(targets[1])}")
    rows_now, rows_then = _by_key(now.results, "new"), _by_key(then.results, "old")
    pairs = tuple(_pair(rows_then[key], row) for key, row in rows_now.items() if key in rows_then)
    if not pairs:
        for which, document in (("new", now), ("old", then)):
            if document.status == "interrupted" and not document.results:
                said = document.reached or "before it had a row"
                raise UsageError(f"the {which} run was interrupted {said}", hint="measure again")
        raise UsageError(
            "the two runs have no row in common",
            hint="rows match in recipes, in what these are applied on top of, workload, size, seam, state and layout",
        )
    differences = tuple(_conditions(now, then))
    known = all(key in document.environment for document in (now, then) for key in CONDITIONS.values() if key != _GPU)
    return Against(
        then=then,
        now=now,
        differences=differences,
        notes=tuple(_notes(now, then)),
        times_comparable=known and not differences,
        pairs=pairs,
        only_then=tuple(row for key, row in rows_then.items() if key not in rows_now),
        only_now=tuple(row for key, row in rows_now.items() if key not in rows_then),
    )


def _by_key(rows: Sequence[Result], which: str) -> dict[tuple[object, ...], Result]:
    rows_by_key: dict[tuple[object, ...], Result] = {}
    for row in rows:
        key = _key(row)
        if key in rows_by_key:
            raise UsageError(f"the {which} run has two rows for one thing: {row.id}")
        rows_by_key[key] = row
    return rows_by_key


def _key(r: Result) -> tuple[object, ...]:
    """What a row measured. Recipes that stand together replace different seams, so their order does not matter."""
    return (*sorted(r.recipes), *(("instead of", *r.instead_of) if r.instead_of else ())), replace(
        r.cell, on=tuple(sorted(r.cell.on))
    )


def _pair(then: Result, now: Result) -> Pair:
    old, new = then.speedup, now.speedup
    if old is None or new is None:
        return Pair(then=then, now=now, change="verdict")
    if old.low <= new.high and new.low <= old.high:
        return Pair(then=then, now=now, change="same")
    # two runs of identical code have intervals that lie apart now and then: as for a verdict, the floor decides too
    floor = max(then.noise_floor or 0, now.noise_floor or 0)
    if max(old.point, new.point) <= (1 + floor) * min(old.point, new.point):
        return Pair(
            then=then,
            now=now,
            change="same",
            note="the intervals do not overlap, but the difference is within the noise floor",
        )
    return Pair(then=then, now=now, change="more" if new.point > old.point else "less")


def _conditions(now: Document, then: Document) -> Iterator[Difference]:
    for name, key in CONDITIONS.items():
        old, new = then.environment.get(key), now.environment.get(key)
        if old != new and not (name == "memory" and _close(old, new, _MEMORY_SLACK)):
            yield Difference(name=name, then=old, now=new)
    if then.perfkit != now.perfkit:
        yield Difference(name="perfkit", then=then.perfkit, now=now.perfkit)


def _notes(now: Document, then: Document) -> Iterator[Difference]:
    """What is the session's own: worth knowing, and no reason to doubt the comparison."""
    for name, old, new in (
        ("seed", then.seed, now.seed),
        ("status", then.status, now.status),
        ("margin", _margins(then), _margins(now)),
    ):
        if old != new:
            yield Difference(name=name, then=old, now=new)
    then_s, now_s = (document.timing.get("measuring_s") for document in (then, now))
    if not _close(then_s, now_s, _MEASURING_SLACK):
        yield Difference(name="measuring_s", then=then_s, now=now_s)


def _margins(document: Document) -> list[float]:
    return sorted({r.margin for r in document.results})


def _close(one: object, other: object, slack: float) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= slack * max(abs(one), abs(other))
    return one == other
