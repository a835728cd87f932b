"""Which recipes stand together, and which of them the stack is better off without. Pure.

A recipe that helps alone may hurt in company: another one has taken over what it speeds up, or has made its overhead
the larger part. So each is measured once more on all the others, and those that make the stack slower are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import prod

from perfkit.catalog import RecipeEntry
from perfkit.cell import Cell
from perfkit.comparison.planned_rows import Row
from perfkit.errors import RecipeConflict
from perfkit.recipe import check_together
from perfkit.result import Result, Verdict

__all__ = [
    "NO_WHOLE",
    "Stack",
    "as_measured",
    "better_without",
    "compatible",
    "rows_of_stack",
    "with_remarks",
    "without",
]


NO_WHOLE = "the stack as a whole is not right: nothing is compared with it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Recipes switched on together on one workload; `left_out` says why others are not among them."""

    cell: Cell
    entries: tuple[RecipeEntry, ...]
    left_out: tuple[str, ...] = field(default=())

    @property
    def ids(self) -> tuple[str, ...]:
        """Full ids, in the order in which they are switched on."""
        return tuple(e.recipe.full_id for e in self.entries)


def compatible(
    candidates: Iterable[RecipeEntry],
    results: Sequence[Result],
    tree: Mapping[str, Sequence[str]],
    cell: Cell,
) -> Stack:
    """Those whose speed-ups multiply to the most, and as many more as stand with them: the fastest first.

    `results` are the recipes' own rows; how fast one is says its row of the workload of `cell`, which is that of the
    whole stack, or else any other macro row. A recipe that requires others was measured on those, which is why it
    counts together with them.
    """
    known = list(candidates)
    by_id = {e.recipe.id: e for e in known}
    gains = {e.recipe.id: _gain(e, results, cell.workload) for e in known}
    known.sort(key=lambda e: -gains[e.recipe.id])
    best = _fastest(known, gains, tree)
    chosen: list[RecipeEntry] = []
    left_out: list[str] = []
    for entry in sorted(known, key=lambda e: e not in best):
        if entry in chosen:
            continue
        missing = [name for name in sorted(entry.recipe.requires) if name not in by_id]
        if missing:
            left_out.append(f"{entry.recipe.id} (requires {', '.join(missing)})")
            continue
        more = [e for e in _with_required(entry, by_id) if e not in chosen]
        try:
            check_together([e.recipe for e in (*chosen, *more)], tree)
        except RecipeConflict as conflict:
            left_out.append(f"{entry.recipe.id} ({conflict.message})")
        else:
            chosen += more
    return Stack(cell=cell, entries=tuple(chosen), left_out=tuple(left_out))


def _fastest(
    entries: Sequence[RecipeEntry], gains: Mapping[str, float], tree: Mapping[str, Sequence[str]]
) -> list[RecipeEntry]:
    """The compatible recipes with the largest product of speed-ups. `entries` come with the fastest first.

    Taking the fastest, one by one, would miss that of two foundations the slower may carry the better recipe.
    """
    by_id = {e.recipe.id: e for e in entries}
    best: list[RecipeEntry] = []
    most = 1.0

    def search(chosen: list[RecipeEntry], product: float, rest: Sequence[RecipeEntry]) -> None:
        nonlocal best, most
        if product > most:
            best, most = chosen, product
        for i, entry in enumerate(rest):
            if product * prod(max(1.0, gains[e.recipe.id]) for e in rest[i:]) <= most:
                return  # not even all that is left would be better
            more = [e for e in _with_required(entry, by_id) if e not in chosen]
            if _stand_together([*chosen, *more], tree):
                search([*chosen, *more], product * prod(gains[e.recipe.id] for e in more), rest[i + 1 :])

    search([], 1.0, entries)
    return best


def _with_required(entry: RecipeEntry, by_id: Mapping[str, RecipeEntry]) -> list[RecipeEntry]:
    """A recipe behind all that it requires, as far as that is here, and that behind what it requires itself."""
    visited: set[str] = set()

    def visit(name: str) -> Iterator[RecipeEntry]:
        if name in by_id and name not in visited:  # two may require each other
            visited.add(name)
            for required in sorted(by_id[name].recipe.requires):
                yield from visit(required)
            yield by_id[name]

    return list(visit(entry.recipe.id))


def _stand_together(entries: Sequence[RecipeEntry], tree: Mapping[str, Sequence[str]]) -> bool:
    try:
        check_together([e.recipe for e in entries], tree)
    except RecipeConflict:
        return False
    return True


def _gain(entry: RecipeEntry, results: Sequence[Result], workload: str) -> float:
    """The speed-up of a recipe on as little as it needs, on this workload if that was measured; 1 when unknown."""
    own = [r for r in results if r.recipes == (entry.recipe.full_id,) and r.cell.kind == "macro" and r.speedup]
    here = [r for r in own if r.cell.workload == workload] or own
    least = min((len(r.cell.on) for r in here), default=0)
    return max((r.speedup.point for r in here if r.speedup and len(r.cell.on) == least), default=1.0)


def rows_of_stack(stack: Stack) -> list[Row]:
    """The whole stack against nothing, and each recipe (with those that require it) on all the others."""
    whole = f"skipped: {'; '.join(stack.left_out)}" if stack.left_out else ""
    rows = [_row(stack, stack.ids, (), whole)]
    if len(stack.entries) < 2:
        return rows
    for entry in stack.entries:
        out = _with_dependents(entry, stack.entries)
        rest = tuple(e.recipe.full_id for e in stack.entries if e not in out)
        if rest:  # else all stand on this one
            rows.append(_row(stack, tuple(e.recipe.full_id for e in out), rest))
    return rows


def as_measured(rows: Sequence[Row]) -> list[Row]:
    """What is measured of the rows of a stack: the whole, and beside it, in the same rounds, the whole without each.

    All have one baseline, so that a group of six costs eight calls a round; six groups of their own would cost three
    each.
    """
    parts = [_rest_of(row) for row in rows if row.cell.on]
    wholes = [replace(row, in_each=bool(parts)) for row in rows if not row.cell.on]
    return [*wholes, *dict.fromkeys(parts)] if wholes else []


def with_remarks(rows: Sequence[Row], measured: Sequence[Row]) -> list[Row]:
    """The rows of a stack, each with the remark on what is measured of it."""
    said = {(row.recipes, row.cell): row.remark for row in measured}
    shown = [_rest_of(row) if row.cell.on else row for row in rows]
    return [
        replace(row, remark=row.remark or said.get((own.recipes, own.cell), NO_WHOLE if row.cell.on else ""))
        for row, own in zip(rows, shown, strict=True)
    ]


def _rest_of(row: Row) -> Row:
    """The stack without a part, as a candidate of its own."""
    return Row(recipes=row.cell.on, cell=replace(row.cell, on=()))


def better_without(stack: Stack, results: Sequence[Result], alone: Sequence[Result] = ()) -> dict[str, Verdict]:
    """Full ids of the recipes that the stack does not need, each with the verdict on it: slower, or not-exercised.

    `alone` are the recipes' own rows. Of those that help alone and are all unneeded on the others, the strongest stays:
    each may be so for another's sake, and without them all nobody would do the work.
    """
    here = {r.recipes: r.verdict for r in results if r.cell.on and replace(r.cell, on=()) == stack.cell}
    unneeded: dict[str, Verdict] = {}
    helping: list[tuple[float, tuple[str, ...]]] = []
    for entry in stack.entries:
        out = tuple(d.recipe.full_id for d in _with_dependents(entry, stack.entries))
        if here.get(out) in ("slower", "not-exercised"):
            unneeded.update(dict.fromkeys(out, here[out]))
            if _helps(entry, alone, stack.cell.workload):
                helping.append((_gain(entry, alone, stack.cell.workload), out))
    if len(helping) > 1:
        for name in max(helping)[1]:
            unneeded.pop(name, None)
    return unneeded


def _helps(entry: RecipeEntry, alone: Sequence[Result], workload: str) -> bool:
    own = (r for r in alone if r.recipes == (entry.recipe.full_id,) and r.cell.kind == "macro")
    return any(r.cell.workload == workload and r.verdict == "faster" for r in own)


def without(stack: Stack, dropped: Mapping[str, Verdict]) -> Row:
    """What is left of a stack without `dropped`, against nothing."""
    whys: dict[Verdict, str] = {
        "slower": "the rest is faster without",
        "not-exercised": "the others leave nothing to do for",
    }
    notes = []
    for verdict, why in whys.items():
        names = [name.rpartition("/")[2] for name in stack.ids if dropped.get(name) == verdict]
        notes += [f"{why}: {', '.join(names)}"] if names else []
    kept = tuple(name for name in stack.ids if name not in dropped)
    return _row(stack, kept, (), f"dropped, because {'; and because '.join(notes)}")


def _with_dependents(entry: RecipeEntry, entries: Sequence[RecipeEntry]) -> list[RecipeEntry]:
    """A recipe and those that cannot stand without it, in the order of the stack."""
    return [e for e in entries if e == entry or entry.recipe.id in e.recipe.requires]


def _row(stack: Stack, recipes: tuple[str, ...], on: tuple[str, ...], note: str = "") -> Row:
    return Row(recipes=recipes, cell=replace(stack.cell, on=on), note=note)
