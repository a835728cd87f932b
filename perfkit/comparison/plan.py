"""What a comparison will measure: which recipes, on which workloads and seams, in which groups. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from perfkit.catalog import Catalog, RecipeEntry, TargetEntry
from perfkit.errors import UnknownName, UsageError
from perfkit.recipe import check_together, stacks
from perfkit.schedule import candidate_role
from perfkit.session.outcome import Candidate, Group, candidate_key
from perfkit.stats.verdict import MIN_PROCESSES
from perfkit.worker.sampler import SLOW_CALL_NS

__all__ = ["Plan", "Row", "groups_of", "plan_line", "rows_of", "set_up", "within_budget"]

MAX_CANDIDATES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table to come."""

    recipes: tuple[str, ...]
    on: tuple[str, ...]
    workload: str
    size: str
    kind: str  # micro | macro | stack
    seam: str | None = None
    state: str | None = None
    layout: str = "in-process"
    threads: int | None = None  # of BLAS and OpenMP, where not as the settings say
    remark: str = ""  # why this row will not be measured
    reason: str | None = None  # the same in one word, where nothing else is to be said of the row
    note: str = ""  # what is to be said of a row that is measured

    @property
    def apart(self) -> tuple[str, ...]:
        """The stack below, where what happens on it says nothing of the recipes alone."""
        return self.on if self.kind == "stack" else ()

    @property
    def key(self) -> tuple[str, ...]:
        """What the proof and the trouble of its candidate are noted under."""
        return candidate_key(self.recipes, self.apart)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The target, the variants (each a tuple of entries, switched on together), and their workloads."""

    target: TargetEntry
    variants: tuple[tuple[RecipeEntry, ...], ...]
    workload: str | None  # None: the workload of each recipe's claim
    size: str | None
    unavailable: Mapping[str, str] = field(default_factory=dict)  # full id -> what to install first
    together: bool = False  # whether the stack of all that stand together is measured too
    other_threads: int | None = None  # the number of threads that threaded recipes are measured on besides
    points: int = 1  # how many such agendas share the user's budget

    def workloads(self, variant: Sequence[RecipeEntry]) -> tuple[str, ...]:
        """The workloads on which a variant is measured."""
        if self.workload == "all":
            return tuple(w.id for w in self.target.able or self.target.workloads)
        if self.workload is not None:
            return (self.workload,)
        claimed = [e.recipe.claim.workload for e in variant if e.recipe.claim]
        own = claimed or [e.recipe.workload for e in variant if e.recipe.workload]
        return tuple(dict.fromkeys(own)) or (self.target.workloads[0].id,)

    @property
    def unproven(self) -> tuple[str, ...]:
        """What is to be said of the workloads on which nothing can be proven here."""
        lacking = (w for w in self.target.workloads if w.unavailable)
        return tuple(f"nothing is proven on {w.id}, which is unavailable: {w.unavailable}" for w in lacking)

    def size_of(self, workload: str) -> str:
        """The size a workload is measured at."""
        return self.size or self.target.workload(workload).sizes[0]

    def stacks(self, variant: Sequence[RecipeEntry]) -> tuple[tuple[str, ...], ...]:
        """The recipes in place before: those the claim was made on, then no more than the variant requires."""
        below = stacks([e.recipe for e in variant])
        return tuple(tuple(f"{self.target.id}/{name}" for name in stack) for stack in below)

    def lacking(self, variant: Sequence[RecipeEntry], stack: Sequence[str]) -> str:
        """What to install before `variant` can be measured on `stack`; "" when nothing is missing."""
        alone = variant[0].recipe.full_id if len(variant) == 1 else ""
        names = (*(e.recipe.full_id for e in variant), *stack)
        words = [
            text if name == alone else f"{name.rpartition('/')[2]} needs {text}"
            for name in names
            if (text := self.unavailable.get(name))
        ]
        lacking = [self.target.workload(name) for name in self.workloads(variant)]
        words += [f"{workload.id} needs {workload.unavailable}" for workload in lacking if workload.unavailable]
        return f"unavailable: {'; '.join(words)}" if words else ""

    def measurable(self, variant: Sequence[RecipeEntry]) -> tuple[tuple[str, ...], ...]:
        """The stacks on which nothing is missing; none for a variant that is itself unavailable."""
        return tuple(stack for stack in self.stacks(variant) if not self.lacking(variant, stack))


def set_up(
    catalog: Catalog,
    target: str | None,
    recipes: Sequence[str],
    *,
    every: bool,
    workload: str | None,
    size: str | None,
    together: bool = False,
    other_threads: int | None = None,
) -> Plan:
    """Check what the user asked for. Raises UsageError, UnknownName or RecipeConflict with the remedy.

    What stands in the recipe files needs no check: a catalogue holds no recipe that does not fit its target.
    """
    if together and not every:
        raise UsageError("--stack needs --all", hint="several --recipe are measured together anyway")
    if every:
        chosen, entry = _all_of(catalog, target, recipes)
    else:
        chosen, entry = _named(catalog, target, recipes)
    entry.check_available(workload if workload != "all" else None)
    unavailable = {e.recipe.full_id: e.unavailable for e in catalog.of_target(entry.id) if e.unavailable}
    plan = Plan(
        target=entry,
        variants=(),
        workload=workload,
        size=size,
        unavailable=unavailable,
        together=together,
        other_threads=other_threads,
    )
    variants: list[tuple[RecipeEntry, ...]] = [(e,) for e in chosen]
    if len(chosen) > 1 and not every:
        check_together([e.recipe for e in chosen], entry.tree)
        variants.append(tuple(chosen))
    for variant in variants:
        for name in plan.workloads(variant):
            sizes = entry.workload(name).sizes
            if size is not None and size not in sizes:
                raise UnknownName(f"size of {entry.id}/{name}", size, sizes)
    return replace(plan, variants=tuple(variants))


def _all_of(
    catalog: Catalog, target: str | None, recipes: Sequence[str]
) -> tuple[tuple[RecipeEntry, ...], TargetEntry]:
    if recipes:
        raise UsageError("--all and --recipe do not go together", hint="use one of them")
    if target is None:
        raise UsageError("--all needs a target", hint=f"perfkit compare {_some_target(catalog) or 'TARGET'} --all")
    entry = catalog.target(target)
    chosen = catalog.of_target(entry.id)
    if not chosen:
        seam = next(iter(entry.seams), "SEAM")
        raise UsageError(f"{entry.id} has no recipes", hint=f"perfkit new recipe {entry.id} my-idea --seam {seam}")
    return chosen, entry


def _named(catalog: Catalog, target: str | None, recipes: Sequence[str]) -> tuple[tuple[RecipeEntry, ...], TargetEntry]:
    if not recipes:
        raise UsageError("nothing to compare: name a recipe, or take all", hint=_what_to_compare(catalog, target))
    if target is not None:
        catalog.target(target)
    chosen = tuple(catalog.recipe(name, target) for name in recipes)
    targets = sorted({e.recipe.target for e in chosen})
    if len(targets) > 1:
        raise UsageError(
            f"the recipes belong to several targets: {', '.join(targets)}", hint="compare one target at a time"
        )
    return chosen, catalog.target(targets[0])


def _what_to_compare(catalog: Catalog, word: str | None) -> str:
    """A command that works, for one that names no recipe, or names it as if it were a target."""
    if word is not None and all(word != t.id for t in catalog.targets):
        named = [r.recipe for r in catalog.recipes if word in (r.recipe.id, r.recipe.full_id)]
        if named:
            return f"perfkit compare {named[0].target} --recipe {named[0].id}"
        catalog.target(word)  # raises UnknownName with the nearest
    target = word or _some_target(catalog)
    return f"perfkit compare {target} --all, or perfkit list recipes" if target else "perfkit list"


def _some_target(catalog: Catalog) -> str:
    """A target with recipes that runs here, else any with recipes; "" when there is none."""
    targets = sorted((t for t in catalog.targets if catalog.of_target(t.id)), key=lambda t: bool(t.unavailable))
    return targets[0].id if targets else ""


def rows_of(
    plan: Plan, seams: Mapping[tuple[str, tuple[str, ...]], Mapping[str, Any]], layouts: Sequence[str]
) -> Iterator[Row]:
    """Every row, in the order of the table: micro first, then macro on the claim's stack, then on nothing.

    `seams` is what the counting pass saw, by (workload, recipes on): it decides which seam can be measured alone.
    """
    for variant in plan.variants:
        ids = tuple(e.recipe.full_id for e in variant)
        for workload in plan.workloads(variant):
            size = plan.size_of(workload)
            stacks = plan.measurable(variant)
            if len(variant) == 1 and stacks:
                for seam in sorted(variant[0].recipe.touches):
                    seen = seams.get((workload, stacks[0]), {"seams": {}})["seams"].get(seam)
                    row = Row(recipes=ids, on=stacks[0], workload=workload, size=size, kind="micro", seam=seam)
                    yield from _micro_rows(row, plan.target, seen)
            for on in plan.stacks(variant):
                macro = Row(recipes=ids, on=on, workload=workload, size=size, kind="macro")
                lacking = plan.lacking(variant, on)
                if lacking:
                    macro = replace(macro, remark=lacking, reason="missing-dependency")
                for layout in layouts:
                    yield replace(macro, layout=layout)
                if plan.other_threads and any(e.recipe.threaded for e in variant):
                    yield replace(macro, layout=layouts[0], threads=plan.other_threads)


def _micro_rows(row: Row, target: TargetEntry, seen: Mapping[str, Any] | None) -> Iterator[Row]:
    seam = target.seams[row.seam or ""]
    if seen is not None and seen["shapes"].startswith("recorded: "):
        row = replace(row, note=f"on recorded arguments ({seen['shapes'].removeprefix('recorded: ')})")
    if seen is None or seen["calls"] == 0:
        built = seen is not None and seen["in_build"]
        when = "calls it only while it is built, which is not timed" if built else "never calls it"
        yield replace(row, remark=f"{row.workload} {when}")
    elif seam.kind != "call":
        yield replace(row, remark=f"macro only: a {seam.kind} has no work of its own")
    elif seen["obstacle"]:
        yield replace(row, remark=f"macro only: {seen['obstacle']}")
    elif seam.reused:
        yield replace(row, state="cold")
        yield replace(row, state="warm")
    elif not seen["shapes"]:
        yield replace(row, remark="macro only: its arguments never vary")
    else:
        yield row


def groups_of(target: str, rows: Sequence[Row], call_ns: Mapping[Row, float], processes: int) -> list[Group]:
    """Rows that share baseline, workload and seam become one group of at most six candidates; cheap ones first."""
    by_key: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        if not row.remark:
            key = (row.kind, row.workload, row.size, row.on, row.seam, row.state, row.layout, row.threads)
            by_key.setdefault(key, []).append(row)
    groups = []
    for members in by_key.values():
        for start in range(0, len(members), MAX_CANDIDATES):
            part = members[start : start + MAX_CANDIDATES]
            first = part[0]
            slow = call_ns[first] > SLOW_CALL_NS
            group = Group(
                id=_group_id(first, start // MAX_CANDIDATES),
                target=target,
                workload=first.workload,
                size=first.size,
                kind=first.kind,
                on=first.on,
                seam=first.seam,
                state=first.state,
                layout=first.layout,
                threads=first.threads,
                # a call this long has little noise of its own; fewer processes leave time for rounds
                processes=min(processes, MIN_PROCESSES) if slow else processes,
                candidates=tuple(
                    Candidate(role=candidate_role(i), recipes=row.recipes, apart=row.apart)
                    for i, row in enumerate(part, 1)
                ),
            )
            groups.append((call_ns[first], group))
    return [group for _, group in sorted(groups, key=lambda pair: pair[0])]


def _group_id(row: Row, part: int) -> str:
    words = [row.kind, row.workload, row.size]
    words += [row.seam or "", row.state or ""]
    words.append("on " + "+".join(name.rpartition("/")[2] for name in row.on) if row.on else "bare")
    words.append(f"{len(row.recipes)} together" if row.kind == "stack" and not row.on else "")
    words.append("" if row.layout == "in-process" else row.layout)
    words.append(f"{row.threads} threads" if row.threads else "")
    words.append(f"part {part + 1}" if part else "")
    return " / ".join(w for w in words if w)


def within_budget(
    groups: Sequence[Group], call_ns: Mapping[str, float], budget_s: float
) -> tuple[list[Group], list[tuple[Group, float]]]:
    """Split groups into those whose first round fits the budget and those (with the seconds they need) that do not.

    Only slow calls are weighed; the cheapest go in first. `call_ns` by group id.
    """
    kept, dropped, used_s = [], [], 0.0
    for group in groups:
        need_s = len(group.roles) * group.processes * call_ns[group.id] / 1e9
        if call_ns[group.id] > SLOW_CALL_NS and used_s + need_s > budget_s:
            dropped.append((group, need_s))
        else:
            kept.append(group)
            used_s += need_s if call_ns[group.id] > SLOW_CALL_NS else 0.0
    return kept, dropped


def plan_line(groups: Sequence[Group], call_ns: Mapping[str, float], budget_s: float) -> str:
    """What is about to happen, in one line."""
    processes = max((g.processes for g in groups), default=0)
    words = [f"{len(groups)} measurement{'s' * (len(groups) != 1)} in {processes} fresh processes"]
    words.append(f"at most {budget_s:.3g} s of sampling")
    for group in groups:
        if call_ns[group.id] > SLOW_CALL_NS:
            round_s = len(group.roles) * call_ns[group.id] / 1e9
            fits = max(1, int(budget_s / len(groups) / (round_s * group.processes)))
            words.append(
                f"{group.id}: {call_ns[group.id] / 1e6:.0f} ms a call, about {fits} "
                f"round{'s' * (fits != 1)} in each of {group.processes}"
            )
    return "; ".join(words)
