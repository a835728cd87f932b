"""What a comparison is to measure: the variants and workloads that a user's words stand for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from perfkit.axis import Axes, point
from perfkit.catalog import Catalog, RecipeEntry, TargetEntry
from perfkit.cell import Cell, CellKind
from perfkit.errors import RecipeConflict, UnknownName, UsageError
from perfkit.recipe import Recipe, check_together, stacks

__all__ = ["Choice", "Plan", "set_up"]

_MANY = 3  # candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The target, the variants (each a tuple of entries, switched on together), and their workloads."""

    target: TargetEntry
    variants: tuple[tuple[RecipeEntry, ...], ...]
    workload: str | None  # None: the workload of each recipe's claim
    size: str | None
    unavailable: Mapping[str, str] = field(default_factory=dict)  # full id -> what to install first
    unmeasurable: Mapping[str, str] = field(default_factory=dict)  # full id -> why it is proven here, and not measured
    together: bool = False  # whether the stack of all that stand together is measured too
    other_threads: int | None = None  # the number of threads that threaded recipes are measured on besides
    points: int = 1  # how many such plans share the user's budget
    axes: Axes = ()  # values that are set beside the size
    threads: int | None = None  # that all of it is measured on, where these are swept along
    quick: bool = False  # the workloads that are not measured are left unproven
    proves_at_size: bool = True  # a call at the default size is part of every proof
    proves: bool = True  # whether outputs are compared at all
    recurs: bool = False  # whether every call of a workload is given the same
    memory: bool = False  # whether peak memory is counted of every row, claimed or not
    # full ids of recipes that cannot stand together, in twos: the second is measured against the first too
    alternatives: tuple[tuple[str, str], ...] = ()
    later_point: bool = False  # of a sweep: what does not depend on the point was proven at the first
    in_batches: bool = False  # whether some recipes are proven and measured before others are begun with
    batch_of: int = 0  # how many variants the whole has, where this is a batch of it

    @property
    def is_of_many(self) -> bool:
        """Whether there are so many candidates that looking once what they have in common saves time."""
        return max(len(self.variants), self.batch_of) >= _MANY

    def batch(self, variants: Sequence[tuple[RecipeEntry, ...]]) -> Plan:
        """The plan of some of its variants, which are proven as they would be among all."""
        return replace(self, variants=tuple(variants), batch_of=max(len(self.variants), self.batch_of))

    def workloads(self, variant: Sequence[RecipeEntry]) -> tuple[str, ...]:
        """The workloads on which a variant is measured."""
        if self.workload == "all":
            return tuple(w.id for w in self.target.able or self.target.workloads)
        if self.workload is not None:
            return (self.workload,)
        return tuple(dict.fromkeys(name for other in self._beside(variant) for name in self._own_workloads(other)))

    def _beside(self, variant: Sequence[RecipeEntry]) -> list[Sequence[RecipeEntry]]:
        """The variants that must be measured on the same workloads: it, and those that it is an alternative to."""
        name = variant[0].recipe.full_id
        others = {other for pair in self.alternatives if name in pair for other in pair} - {name}
        return [variant, *(v for v in self.variants if len(v) == 1 and v[0].recipe.full_id in others)]

    def _own_workloads(self, variant: Sequence[RecipeEntry]) -> tuple[str, ...]:
        claims = [claim for e in variant for claim in (e.recipe.claim, e.recipe.memory_claim)]
        claimed = [claim.workload for claim in claims if claim]
        own = claimed or [e.recipe.workload for e in variant if e.recipe.workload]
        return tuple(dict.fromkeys(own)) or (self.target.workloads[0].id,)

    @property
    def stacked_on(self) -> tuple[str, ...]:
        """The workloads that the stack of all is measured on: those of some variant that are available here."""
        names = dict.fromkeys(name for variant in self.variants for name in self.workloads(variant))
        return tuple(name for name in names if not self.target.workload(name).unavailable)

    @property
    def unproven(self) -> tuple[str, ...]:
        """What is to be said of the workloads on which nothing is proven here, or not all."""
        lacking = (w for w in self.target.workloads if w.unavailable)
        words = [f"nothing is proven on {w.id}, which is unavailable: {w.unavailable}" for w in lacking]
        measured = {name for variant in self.variants for name in self.workloads(variant)}
        able = any(self.measurable(variant) for variant in self.variants)
        if self.quick and able and len(measured) < len(self.target.able):
            count = f"{len(measured)} of {len(self.target.able)} workloads"
            words.append(f"proven on {count}, those that are measured; without --quick on all of them")
        elif self.proves and able and not (self.in_batches or self.later_point):
            proof_size = self.target.proof_size
            small = [w.id for w in self.target.able if w.id not in measured and w.sizes[0] != proof_size]
            if small:
                words.append(f"proven at size {proof_size} only: {', '.join(small)}; --workload all measures there too")
        return tuple(words)

    def size_of(self, workload: str) -> str:
        """The size a workload is measured at."""
        return self.size or self.target.workload(workload).sizes[0]

    def point_of(self, workload: str) -> str:
        """The same with what is set beside it."""
        return point(self.size_of(workload), self.axes)

    def cell(self, workload: str, kind: CellKind, on: tuple[str, ...] = ()) -> Cell:
        """What is measured of a workload, on recipes already in place."""
        size = self.size_of(workload)
        return Cell(
            target=self.target.id,
            workload=workload,
            size=size,
            kind=kind,
            on=on,
            axes=self.axes,
            threads=self.threads,
        )

    def stacks(self, variant: Sequence[RecipeEntry]) -> tuple[tuple[str, ...], ...]:
        """The recipes in place before: those the claim was made on, then no more than the variant requires."""
        below = stacks([e.recipe for e in variant])
        return tuple(tuple(f"{self.target.id}/{name}" for name in stack) for stack in below)

    def lacking(self, variant: Sequence[RecipeEntry], stack: Sequence[str]) -> str:
        """What to install before `variant` can be measured on `stack`; "" when nothing is missing."""
        words = _of_each(variant, stack, self.unavailable, "needs")
        lacking = [self.target.workload(name) for name in self.workloads(variant)]
        words += [f"{workload.id} needs {workload.unavailable}" for workload in lacking if workload.unavailable]
        return f"unavailable: {'; '.join(words)}" if words else ""

    def no_measure(self, variant: Sequence[RecipeEntry], stack: Sequence[str]) -> str:
        """Why a variant is proven on `stack` and not measured; "" where it is measured."""
        return "; ".join(_of_each(variant, stack, self.unmeasurable, "is"))

    def measurable(self, variant: Sequence[RecipeEntry]) -> tuple[tuple[str, ...], ...]:
        """The stacks on which nothing is missing; none for a variant that is itself unavailable."""
        return tuple(stack for stack in self.stacks(variant) if not self.lacking(variant, stack))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the user has named."""

    target: str | None = None
    recipes: Sequence[str] = ()
    every: bool = False  # all recipes of the target
    workload: str | None = None  # one, or "all"
    size: str | None = None
    together: bool = False
    other_threads: int | None = None
    quick: bool = False  # as little as is needed for a first look
    memory: bool = False  # peak memory of every row
    alternatives: bool = False  # recipes that cannot stand together are measured against each other


def set_up(catalog: Catalog, choice: Choice) -> Plan:
    """Check what the user asked for. Raises UsageError, UnknownName or RecipeConflict with the remedy.

    What stands in the recipe files needs no check: a catalogue holds no recipe that does not fit its target.
    """
    if choice.together and not choice.every:
        raise UsageError("--stack needs --all", hint="several --recipe are measured together anyway")
    entries, target = _all_of(catalog, choice) if choice.every else _named(catalog, choice)
    target.check_available(choice.workload if choice.workload != "all" else None)
    variants: list[tuple[RecipeEntry, ...]] = [(e,) for e in entries]
    several = len(entries) > 1 and not choice.every
    alternatives = _alternatives(entries, target) if several and choice.alternatives else ()
    if several and not alternatives:
        check_together([e.recipe for e in entries], target.tree)
        variants.append(entries)
    plan = Plan(
        target=target,
        variants=tuple(variants),
        workload=choice.workload,
        size=choice.size,
        unavailable={e.recipe.full_id: e.unavailable for e in catalog.of_target(target.id) if e.unavailable},
        unmeasurable={e.recipe.full_id: e.unmeasurable for e in catalog.of_target(target.id) if e.unmeasurable},
        together=choice.together,
        other_threads=choice.other_threads,
        quick=choice.quick,
        memory=choice.memory,
        alternatives=tuple((a.recipe.full_id, b.recipe.full_id) for a, b in alternatives),
        in_batches=choice.every,
        proves_at_size=not choice.every,  # of many recipes, the timed calls are compared at that size
    )
    _check_sizes(plan)
    _check_alternatives(plan, alternatives)
    return plan


def _of_each(variant: Sequence[RecipeEntry], stack: Sequence[str], texts: Mapping[str, str], verb: str) -> list[str]:
    """What `texts` say of each recipe of a variant and below it; of a recipe by itself without its name."""
    alone = variant[0].recipe.full_id if len(variant) == 1 else ""
    names = (*(entry.recipe.full_id for entry in variant), *stack)
    said = [(name, texts[name]) for name in names if texts.get(name)]
    return [text if name == alone else f"{name.rpartition('/')[2]} {verb} {text}" for name, text in said]


def _alternatives(entries: Sequence[RecipeEntry], target: TargetEntry) -> tuple[tuple[RecipeEntry, RecipeEntry], ...]:
    """Those that cannot stand together, in twos and in the order in which they were named.

    Raises RecipeConflict for one that is named twice.
    """
    pairs = [*combinations(entries, 2)]
    for a, b in pairs:
        if a.recipe.full_id == b.recipe.full_id:
            check_together([a.recipe, b.recipe], target.tree)
    return tuple((a, b) for a, b in pairs if _take_each_others_place(a.recipe, b.recipe, target.tree))


def _take_each_others_place(first: Recipe, second: Recipe, tree: Mapping[str, Sequence[str]]) -> bool:
    """Whether two recipes conflict by what they replace; what they require is another matter."""
    try:
        check_together([replace(recipe, requires=()) for recipe in (first, second)], tree)
    except RecipeConflict:
        return True
    return False


def _check_alternatives(plan: Plan, alternatives: Sequence[tuple[RecipeEntry, RecipeEntry]]) -> None:
    """Raise RecipeConflict for two that are measured on nothing in common."""
    for first, second in alternatives:
        if not set(plan.stacks((first,))) & set(plan.stacks((second,))):
            needs = " and ".join(
                f"{e.recipe.id} requires {', '.join(sorted(e.recipe.requires)) or 'nothing'}" for e in (first, second)
            )
            raise RecipeConflict(
                f"{second.recipe.id} and {first.recipe.id} require different recipes: {needs}",
                hint="compare them one at a time",
            )


def _check_sizes(plan: Plan) -> None:
    """Raise UnknownName where one of the workloads does not have the size that was named."""
    for variant in plan.variants:
        for name in plan.workloads(variant):
            sizes = plan.target.workload(name).sizes
            if plan.size is not None and plan.size not in sizes:
                raise UnknownName(f"size of {plan.target.id}/{name}", plan.size, sizes)


def _all_of(catalog: Catalog, choice: Choice) -> tuple[tuple[RecipeEntry, ...], TargetEntry]:
    if choice.recipes:
        raise UsageError("--all and --recipe do not go together", hint="use one of them")
    if choice.target is None:
        raise UsageError("--all needs a target", hint=f"perfkit compare {_some_target(catalog) or 'TARGET'} --all")
    target = catalog.target(choice.target)
    entries = catalog.of_target(target.id)
    if not entries:
        seam = next(iter(target.seams), "SEAM")
        raise UsageError(f"{target.id} has no recipes", hint=f"perfkit new recipe {target.id} my-idea --seam {seam}")
    return entries, target


def _named(catalog: Catalog, choice: Choice) -> tuple[tuple[RecipeEntry, ...], TargetEntry]:
    if not choice.recipes:
        hint = _what_to_compare(catalog, choice.target)
        raise UsageError("nothing to compare: name a recipe, or take all", hint=hint)
    if choice.target is not None:
        catalog.target(choice.target)
    entries = tuple(catalog.recipe(name, choice.target) for name in choice.recipes)
    targets = sorted({e.recipe.target for e in entries})
    if len(targets) > 1:
        raise UsageError(
            f"the recipes belong to several targets: {', '.join(targets)}", hint="compare one target at a time"
        )
    return entries, catalog.target(targets[0])


def _what_to_compare(catalog: Catalog, word: str | None) -> str:
    """A command that works, for one that names no recipe, or names it as if it were a target."""
    if word is not None and all(word != t.id for t in catalog.targets):
        named = [r.recipe for r in catalog.recipes if word in (r.recipe.id, r.recipe.full_id)]
        if named:
            return f"perfkit compare {named[0].target} --recipe {named[0].id}"
    if word is not None:
        catalog.target(word).check_available()  # raises UnknownName with the nearest
    target = word or _some_target(catalog)
    return f"perfkit compare {target} --all, or perfkit list recipes" if target else "perfkit list"


def _some_target(catalog: Catalog) -> str:
    """A target with recipes that runs here, else any with recipes; "" when there is none."""
    targets = sorted((t for t in catalog.targets if catalog.of_target(t.id)), key=lambda t: bool(t.unavailable))
    return targets[0].id if targets else ""
