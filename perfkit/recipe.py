"""A recipe: one documented optimisation, as a change of a target's table of seams.

A recipe file defines `RECIPE = Recipe(...)` with literal fields, so that it can be listed without being run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from perfkit.equivalence import Equivalence, close, exact, new_format
from perfkit.errors import RecipeConflict
from perfkit.needs import check_needs

__all__ = [
    "HARDWARE",
    "MEASURES",
    "MEMORY_MEASURES",
    "NO_END",
    "STATUSES",
    "Claim",
    "Reading",
    "Recipe",
    "check_together",
    "close",
    "compose",
    "exact",
    "new_format",
    "stacks",
]

# a reference is another implementation of the whole, measured beside the recipes and never stacked with them
STATUSES = ("documented", "corrected", "beyond", "rejected", "reference")
MEASURES = ("share of time", "speed-up", "seam speed-up")
MEMORY_MEASURES = ("peak memory", "seam peak memory")
HARDWARE = ("cuda", "nvcc")  # an NVIDIA GPU, with a torch that is built for one; CUDA's compiler
NO_END = 1e6  # times less memory, from which on a claim has no upper end: "at least"


class Reading(NamedTuple):
    """One way to take a claim's words as a number: a measure, and the range that is claimed in it."""

    measure: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the note says, in its own words, and as a number that can be tested.

    `measure` is one of MEASURES: "share of time" (the part of the workload's time that goes away, 0…1),
    "speed-up" (before/after of the workload) or "seam speed-up" (before/after of the seam alone); of a claim on memory
    "peak memory" or "seam peak memory" (before/after of the bytes held at most, above 1 is less; a `high` of 1e6 is no
    upper end). `low` and `high` bound the claimed value. `on` names the recipes already in place when the note was
    written.

    "20 % faster" is a speed-up of 1.2 (before/after - 1), "20 % less time" a share of time of 0.2 (1 - after/before).
    Where the words allow both and the two differ, `readings` gives the others, as (measure, low, high) each: all are
    judged and printed.
    """

    text: str
    measure: str
    low: float
    high: float
    workload: str
    source: str
    on: tuple[str, ...] = ()
    readings: tuple[tuple[str, float, float], ...] = ()

    def __post_init__(self) -> None:
        _check_readings(self.readings)
        for reading in self.every_reading:
            _check_reading(reading)
        if len({reading.measure.startswith("seam") for reading in self.every_reading}) > 1:
            raise ValueError("readings must all be of the seam alone, or all of the workload")
        if len({reading.measure in MEMORY_MEASURES for reading in self.every_reading}) > 1:
            raise ValueError("readings must all be of memory, or all of time")
        for name in ("text", "workload", "source"):
            if not isinstance(value := getattr(self, name), str):
                raise ValueError(f"claim {name} must be a text, not {value!r}")
        if not isinstance(self.on, tuple | list) or not all(isinstance(name, str) for name in self.on):
            raise ValueError(f"on must be a tuple of names, not {self.on!r}")

    @property
    def every_reading(self) -> tuple[Reading, ...]:
        """The claim as it is first read, and its other readings."""
        return (Reading(self.measure, self.low, self.high), *(Reading(*other) for other in self.readings))

    @property
    def of_seam(self) -> bool:
        """Whether it speaks of the seam alone; else of the workload."""
        return self.measure.startswith("seam")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One optimisation: the seams it replaces, how, what it claims and what it must leave equal.

    `apply(ops)` returns a changed copy of the table of seams; it runs once for each model built, so state it
    creates belongs to that model alone. `touches` names every seam it replaces; `shadows` the child seams that
    its replacement no longer calls; `requires` the recipes (of the same target) that must be in place; `needs`
    the optional modules it imports, each with what to pip install for it; `thresholds` where its source says that it
    begins to pay: axis of a workload -> (value, the source's own words); `threaded` says that what it gives depends
    on the number of BLAS threads, so that it is measured on as many as there are processors too; `threads` and
    `children` how many Python threads and processes it keeps beside its calls until the target closes its instance
    (a pool, a helper; what a call starts and ends itself does not count). `hardware` names what of the machine it needs
    beside modules, of HARDWARE; where that is missing it cannot run, unless `proven_by` says by what its output is
    proven all the same ("the interpreter"): then it is proven, and not measured. `workload` is where it is measured
    unless the user says otherwise: by default the claim's, or the target's first.
    `claim` is what its source says of time, `memory_claim` of memory.
    `equivalence` binds the output of the whole workload, `seam_equivalence` (by default the same) the seam's.
    """

    id: str
    target: str
    touches: Iterable[str]
    apply: Callable[[Any], Any]
    equivalence: Equivalence
    seam_equivalence: Equivalence | None = None
    claim: Claim | None = None
    memory_claim: Claim | None = None
    workload: str | None = None
    status: str = "documented"
    shadows: Iterable[str] = ()
    requires: Iterable[str] = ()
    needs: Mapping[str, str] = field(default_factory=dict, hash=False)
    thresholds: Mapping[str, tuple[float, str]] = field(default_factory=dict, hash=False)
    threaded: bool = False
    threads: int = 0
    children: int = 0
    hardware: Iterable[str] = ()
    proven_by: str = ""

    def __post_init__(self) -> None:
        for name in ("touches", "shadows", "requires"):
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        if not self.touches:
            raise ValueError("touches must name at least one seam")
        self._check_parts()
        object.__setattr__(self, "needs", check_needs(self.needs))
        _check_thresholds(self.thresholds)
        object.__setattr__(self, "thresholds", dict(self.thresholds))
        if not isinstance(self.threaded, bool):
            raise ValueError(f"threaded must be True or False, not {self.threaded!r}")
        for name in ("threads", "children"):
            if type(count := getattr(self, name)) is not int or count < 0:
                raise ValueError(f"{name} must be a whole number from 0, not {count!r}")
        self._check_hardware()
        if not isinstance(self.workload, str | None):
            raise ValueError(f"workload must be a name, not {self.workload!r}")
        if self.status not in STATUSES:
            raise ValueError(f"status must be one of {', '.join(STATUSES)}, not {self.status!r}")

    def _check_hardware(self) -> None:
        object.__setattr__(self, "hardware", _names("hardware", self.hardware))
        unknown = sorted(set(self.hardware) - set(HARDWARE))
        if unknown:
            raise ValueError(f"hardware must be of {', '.join(HARDWARE)}, not {', '.join(unknown)}")
        if not isinstance(self.proven_by, str) or (self.proven_by and not self.hardware):
            raise ValueError(
                f"proven_by says by what it is proven where its hardware is missing, not {self.proven_by!r}"
            )

    def _check_parts(self) -> None:
        for name, kind in _KINDS.items():
            value = getattr(self, name)
            if not isinstance(value, kind) and (value is not None or name == "equivalence"):
                raise ValueError(f"{name} must be of type {kind.__name__}, not {value!r}")
        for name, claim in (("claim", self.claim), ("memory_claim", self.memory_claim)):
            if claim is not None and (claim.measure in MEMORY_MEASURES) != (name == "memory_claim"):
                raise ValueError(f"{name} cannot have the measure {claim.measure!r}")

    @property
    def full_id(self) -> str:
        """`target/recipe`, unique within one catalogue."""
        return f"{self.target}/{self.id}"


_KINDS: dict[str, type] = {
    "equivalence": Equivalence,
    "seam_equivalence": Equivalence,
    "claim": Claim,
    "memory_claim": Claim,
}


def _names(field_name: str, values: object) -> frozenset[str]:
    if not isinstance(values, set | frozenset | tuple | list) or not all(isinstance(name, str) for name in values):
        raise ValueError(f"{field_name} must be a set or tuple of names, not {values!r}")
    return frozenset(values)


def _check_readings(readings: object) -> None:
    fine = isinstance(readings, tuple) and all(isinstance(one, tuple) and len(one) == 3 for one in readings)
    if not fine:
        form = '(("speed-up", 1.3, 1.4),)'
        raise ValueError(f"readings must be a tuple of (measure, low, high), as {form}, not {readings!r}")


def _check_reading(reading: Reading) -> None:
    measure, low, high = reading
    if measure not in (*MEASURES, *MEMORY_MEASURES):
        raise ValueError(f"claim measure must be one of {', '.join((*MEASURES, *MEMORY_MEASURES))}, not {measure!r}")
    if not 0 < low <= high:
        raise ValueError(f"claim needs 0 < low <= high, not low={low}, high={high}")
    if measure == "share of time" and (low == 1 or high > 1):
        raise ValueError(f"a share of time lies between 0 and 1, not {high}")


def _check_thresholds(thresholds: object) -> None:
    fine = isinstance(thresholds, Mapping) and all(
        isinstance(axis, str)
        and isinstance(said, tuple)
        and len(said) == 2
        and isinstance(said[0], int | float)
        and 0 < said[0] < float("inf")
        and isinstance(said[1], str)
        for axis, said in thresholds.items()
    )
    if not fine:
        form = '{"rows": (128, "65,536 elements")}'
        raise ValueError(f"thresholds must be axis -> (value, words), as {form}, not {thresholds!r}")


def stacks(recipes: Sequence[Recipe]) -> tuple[tuple[str, ...], ...]:
    """The ids of what is in place before `recipes`: what the claim was made on, then no more than they require."""
    required = sorted({name for r in recipes for name in r.requires} - {r.id for r in recipes})
    claims = (recipes[0].claim, recipes[0].memory_claim) if len(recipes) == 1 else ()
    claimed = [name for claim in claims if claim is not None for name in claim.on]
    return tuple(dict.fromkeys((tuple(dict.fromkeys([*claimed, *required])), tuple(required))))


def check_together(recipes: Sequence[Recipe], tree: Mapping[str, Sequence[str]]) -> None:
    """Raise RecipeConflict when `recipes` cannot be switched on together. `tree`: seam -> seams it calls."""
    for i, first in enumerate(recipes):
        for second in recipes[i + 1 :]:
            _check_pair(first, second, tree)
    present = {r.id for r in recipes}
    for recipe in recipes:
        missing = sorted(set(recipe.requires) - present)
        if missing:
            raise RecipeConflict(
                f"{recipe.id} requires {', '.join(missing)}",
                hint=" ".join(f"--recipe {name}" for name in missing),
            )


def _check_pair(first: Recipe, second: Recipe, tree: Mapping[str, Sequence[str]]) -> None:
    if first.full_id == second.full_id:
        raise RecipeConflict(f"{first.id} is named twice", hint="name each recipe once")
    both = sorted(set(first.touches) & set(second.touches))
    if both:
        raise RecipeConflict(
            f"{first.id} and {second.id} both replace the seam {', '.join(both)}",
            hint=_against(first, second),
        )
    for parent, child in ((first, second), (second, first)):
        hidden = sorted(_with_descendants(parent.shadows, tree) & set(child.touches))
        if hidden:
            raise RecipeConflict(
                f"{parent.id} no longer calls the seam {', '.join(hidden)}, which {child.id} replaces",
                hint=_against(first, second),
            )


def _against(first: Recipe, second: Recipe) -> str:
    return f"perfkit compare {first.target} {first.id} {second.id} measures one against the other"


def _with_descendants(names: Iterable[str], tree: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    pending = list(names)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(tree.get(name, ()))
    return found


def compose(ops: Any, recipes: Sequence[Recipe], tree: Mapping[str, Sequence[str]]) -> Any:
    """Switch `recipes` on, in order, and return the changed table. No recipes: `ops` itself.

    Raises RecipeConflict on overlap, shadowing, a missing requirement, a seam that does not exist, or a
    recipe that changed something it does not declare (or declares what it does not change).
    """
    check_together(recipes, tree)
    seams = {f.name for f in fields(ops)}
    for recipe in recipes:
        unknown = sorted((set(recipe.touches) | set(recipe.shadows)) - seams)
        if unknown:
            raise RecipeConflict(
                f"{recipe.id} names {', '.join(unknown)}, which is no seam of {recipe.target}",
                hint=f"the seams are {', '.join(sorted(seams))}",
            )
        changed = recipe.apply(ops)
        if type(changed) is not type(ops):
            raise RecipeConflict(
                f"{recipe.id}: apply() returned {type(changed).__name__}, not {type(ops).__name__}",
                hint="return dataclasses.replace(ops, seam=...)",
            )
        moved = {name for name in seams if getattr(changed, name) is not getattr(ops, name)}
        undeclared, idle = sorted(moved - set(recipe.touches)), sorted(set(recipe.touches) - moved)
        if undeclared:
            raise RecipeConflict(
                f"{recipe.id} changes {', '.join(undeclared)} without declaring it", hint="add it to touches"
            )
        if idle:
            raise RecipeConflict(
                f"{recipe.id} declares {', '.join(idle)} but leaves it as it was",
                hint="take it out of touches, or replace it in apply",
            )
        ops = changed
    return ops
