"""`perfkit profile`: one workload under several profilers, each in a process of its own, and what aims at the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from perfkit.catalog import Catalog, RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.errors import UnknownName, UsageError
from perfkit.profilers.analysis.whole import HotLine
from perfkit.profilers.common.profile import Profile
from perfkit.profiling.advice import Advice, advise
from perfkit.profiling.each import Missing, Wanted, check, patient, take_each
from perfkit.protocol.opening import FromCallables
from perfkit.recipe import check_together
from perfkit.result import Status
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher

__all__ = ["Profiled", "chosen", "profile_function", "run_profile"]

_CALL, _MADE = "call", "made"  # the workload of a function, and its one size


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """The profiles of one variant, the shares of the seams by a clock of their own, and the advice that follows."""

    target: str
    workload: str
    size: str
    recipes: tuple[str, ...]
    profiles: tuple[Profile, ...]
    missing: tuple[Missing, ...]
    seam_shares: dict[str, float]
    seam_calls: dict[str, float]
    advice: tuple[Advice, ...]
    environment: dict[str, Any]
    words: tuple[str, ...] = ()  # what a command about the same work must say besides
    status: Status = "complete"
    wrappers: tuple[str, ...] = ()  # recipes that are no advice: what they replace holds all the rest
    output: str = ""  # the end of what the program printed under the first profiler
    lines: tuple[HotLine, ...] = ()  # that are hot, of the hottest functions
    next: tuple[str, ...] = ()  # perfkit compare OLD NEW …: what to do next about a function


def run_profile(
    found: Catalog,
    target: str,
    *,
    workload: str | None,
    size: str | None,
    recipes: Sequence[str],
    wanted: Wanted,
    settings: Settings,
    watcher: Watcher,
    must: bool = True,
) -> Profiled:
    """Profile one variant of one workload with each profiler in turn; Ctrl-C keeps those that are done.

    Raises ProfilerUnavailable when none of them can run here; never if not `must`.
    """
    names = check(wanted)
    entry, place, entries = chosen(found, target, workload, size, recipes)
    ids = tuple(e.recipe.full_id for e in entries)
    chosen_size = size or place.sizes[0]
    session = Session(target, patient(settings, wanted), watcher.doing, installed=found.installed)
    taken = take_each(session, (place.id, chosen_size, ids), names, wanted, watcher, must=must, lines=True)
    seen, profiles = taken.seen, taken.profiles
    advice, wrappers = advise(found, target, ids, seen.seams, profiles)
    return Profiled(
        target=entry.id,
        workload=place.id,
        size=chosen_size,
        recipes=ids,
        profiles=tuple(profiles),
        missing=tuple(taken.missing),
        seam_shares={name: seam.inclusive for name, seam in seen.seams.items()},
        seam_calls={name: seam.calls / seen.passes for name, seam in seen.seams.items()},
        advice=advice,
        wrappers=wrappers,
        output=taken.output,
        environment={**session.outcome.environment, "threads": settings.threads},
        words=_words(place, entry, chosen_size, settings),
        status=taken.status,
        lines=taken.lines,
    )


def profile_function(code: FromCallables, *, wanted: Wanted, settings: Settings, watcher: Watcher) -> Profiled:
    """Profile a function, called with what the user's `make` gives, or with literals; as `run_profile` otherwise.

    Raises UsageError for several calls, and WorkFailed where the function or its module raises.
    """
    names = check(wanted)
    if len(code.calls) > 1:
        raise UsageError("--args with a list is several calls, and a profile is of one", hint="--args 'n=1000'")
    call = next(iter(code.calls), _CALL)
    session = Session(code, patient(settings, wanted), watcher.doing)
    taken = take_each(session, (call, _MADE, ()), names, wanted, watcher, lines=True)
    inputs = ("--inputs", code.make) if code.make else ()
    return Profiled(
        target=code.baseline,
        workload=call,
        size=_MADE,
        recipes=(),
        profiles=tuple(taken.profiles),
        missing=tuple(taken.missing),
        seam_shares={},
        seam_calls={},
        advice=(),
        output=taken.output,
        environment={**session.outcome.environment, "threads": settings.threads},
        status=taken.status,
        lines=taken.lines,
        next=("perfkit", "compare", code.baseline, f"{code.baseline}_2", *inputs),
    )


def chosen(
    found: Catalog, target: str, workload: str | None, size: str | None, recipes: Sequence[str]
) -> tuple[TargetEntry, WorkloadEntry, list[RecipeEntry]]:
    """What the user's words stand for. Raises UnknownName, RecipeConflict, and PerfkitError for a missing module."""
    entry = found.target(target)
    entries = [found.recipe(name, target) for name in recipes]
    for one in entries:
        one.check_available()
    check_together([e.recipe for e in entries], entry.tree)
    name = workload or ("" if entries else entry.profiled)  # which may call nothing of what the recipes replace
    place = entry.workload(name) if name else entry.workloads[0]
    entry.check_available(place.id)
    if size is not None and size not in place.sizes:
        raise UnknownName(f"size of {target}/{place.id}", size, place.sizes)
    return entry, place, entries


def _words(place: WorkloadEntry, entry: TargetEntry, size: str, settings: Settings) -> tuple[str, ...]:
    found = ["--workload", place.id] if place != entry.workloads[0] else []
    found += ["--size", size] if size != place.sizes[0] else []
    return (*found, *(word for root in settings.catalogs for word in ("--catalog", str(root))))
