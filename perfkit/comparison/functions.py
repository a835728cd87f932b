"""Functions as a comparison takes a target with recipes: entries that no file of a catalogue holds.

The baseline is the target, each candidate a recipe that replaces all of it, and each set of literal arguments a
workload. Names are kept as they were written, `pkg.mod:func`: no target and no recipe has a colon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from perfkit.catalog import RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.comparison.plain_words import about_functions, in_plain_words, plain_errors
from perfkit.comparison.plan import Plan
from perfkit.comparison.run import Comparison, run
from perfkit.equivalence import Equivalence, close, exact
from perfkit.errors import UsageError, WorkFailed
from perfkit.grammar import read_function
from perfkit.protocol.opening import FromCallables
from perfkit.recipe import Recipe
from perfkit.remarks import failing_itself
from perfkit.result import Document
from perfkit.schedule import BASELINE
from perfkit.settings import Settings, Watcher

__all__ = ["Functions", "plan_of", "run_functions", "source_of"]

MAX_CANDIDATES = 6
_CALL = "call"
_SIZE = "made"
_HINT = "perfkit compare pkg.mod:old pkg.mod:new --inputs pkg.mod:make"


@dataclass(frozen=True, kw_only=True)
class _Replacement(Recipe):
    """A function in the place of the baseline: it touches no seam, since it replaces the whole."""

    def __post_init__(self) -> None:
        """Nothing is to be checked: no file says it."""
        for name in ("touches", "shadows", "requires"):
            object.__setattr__(self, name, frozenset(getattr(self, name)))

    @property
    def full_id(self) -> str:
        """Its name as it was written."""
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """What the user has named: functions, what they are called with, and what must be equal."""

    baseline: str
    candidates: tuple[str, ...]
    make: str | None = None
    calls: Mapping[str, str] = field(default_factory=dict)  # workload -> literal (positional, named)
    folder: str = ""
    path: tuple[str, ...] = ()  # further folders that modules are looked for in
    recurring: bool = False
    close: Mapping[str, float] = field(default_factory=dict)
    equal: str | None = None
    unproven: bool = False
    printed: bool = False

    def check(self) -> None:
        """Raise UsageError where they do not fit together."""
        if not self.candidates:
            raise UsageError(f"{self.baseline} is compared with nothing", hint=_HINT)
        if len(self.candidates) > MAX_CANDIDATES:
            count = len(self.candidates)
            raise UsageError(
                f"{count} functions beside {self.baseline} are too many", hint="up to six are compared at once"
            )
        twice = next((name for i, name in enumerate(self.candidates) if name in self.candidates[:i]), None)
        if twice is not None:
            raise UsageError(f"{twice} is named twice", hint="name each function once")
        if self.make is not None and self.calls:
            raise UsageError("--inputs and --args do not go together", hint="use one of them")
        rules = [name for name, given in (("--close or --ulp", self.close), ("--equal", self.equal)) if given]
        rules += ["--no-proof"] * self.unproven
        if len(rules) > 1:
            raise UsageError(f"{' and '.join(rules)} do not go together", hint="use one of them")
        for name in (self.baseline, *self.candidates, *filter(None, (self.make, self.equal))):
            read_function(name)

    @property
    def rule(self) -> Equivalence:
        """What must be equal, as far as it is known without running anything."""
        if self.unproven:
            return Equivalence(kind="unproven", why="nothing is compared")
        if self.equal is not None:
            return Equivalence(kind="own", why=self.equal)
        return close(**self.close, why="as --close says") if self.close else exact()  # type: ignore[arg-type]

    @property
    def recur(self) -> bool:
        """Whether every call is given what an earlier one was."""
        return self.make is None or self.recurring


def source_of(asked: Functions, *, raising: bool = False) -> FromCallables:
    """What workers open. `raising`: what a call raises is part of what it gives."""
    return FromCallables(
        baseline=asked.baseline,
        candidates={name: name for name in asked.candidates},
        make=asked.make or "",
        calls=dict(asked.calls),
        folder=asked.folder,
        path=asked.path,
        recurring=asked.recurring,
        close=dict(asked.close),
        equal=asked.equal or "",
        unproven=asked.unproven,
        printed=asked.printed,
        raising=raising,
    )


def plan_of(asked: Functions, *, quick: bool = False) -> Plan:
    """Each candidate on each set of arguments. Raises UsageError."""
    asked.check()
    names: Sequence[str] = [*asked.calls] or [_CALL]
    target = TargetEntry(
        id=asked.baseline,
        summary="",
        workloads=tuple(WorkloadEntry(id=name, summary="one call", sizes=(_SIZE,)) for name in names),
        seams={},
        path=Path(),
        module="",
        root=None,
    )
    return Plan(
        target=target,
        variants=tuple((_entry(asked.baseline, name, asked.rule),) for name in asked.candidates),
        workload="all",
        size=None,
        quick=quick,
        proves=not asked.unproven,
        recurs=asked.recur,
    )


def run_functions(asked: Functions, *, quick: bool, settings: Settings, command: str, watcher: Watcher) -> Document:
    """Run the comparison. Where the baseline raises, once more with what is raised as a part of what calls give.

    Raises UsageError, and WorkFailed where nothing can be compared.
    """
    plan = plan_of(asked, quick=quick)
    doing = watcher.doing
    watcher = replace(watcher, doing=lambda what, share: doing(in_plain_words(what), share))

    def compared(raising: bool) -> Document:
        source = source_of(asked, raising=raising)
        with plain_errors():
            return run(Comparison(plan=plan, functions=source, settings=settings, command=command, watcher=watcher))

    try:
        document = compared(raising=False)
    except WorkFailed as failed:
        if failed.role != BASELINE or failed.reason != "exception":
            raise
        said = failed.message
    else:
        raised = [r.note for r in document.results if r.reason == "exception"]
        fails = [note for note in raised if note.startswith(failing_itself(BASELINE))]
        if not fails or document.status == "interrupted":
            return about_functions(document)
        said = fails[0]
    document = about_functions(compared(raising=True))
    warning = f"{said}; what is raised counts as a result, which must be alike"
    return replace(document, warnings=(warning, *document.warnings))


def _entry(baseline: str, name: str, rule: Equivalence) -> RecipeEntry:
    recipe = _Replacement(id=name, target=baseline, touches=(), apply=_not_here, equivalence=rule)
    return RecipeEntry(recipe=recipe, summary="", doc="", path=Path(), module="", root=None)


def _not_here(ops: object) -> object:
    raise NotImplementedError("a function is called in its worker")
