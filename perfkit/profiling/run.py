"""`perfkit profile`: one workload under several profilers, each in a process of its own, and what aims at the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from perfkit.catalog import Catalog, RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.errors import ProfilerUnavailable, UnknownName, UsageError, WorkFailed
from perfkit.profilers import sampling
from perfkit.profilers.profile import PROFILERS, Profile
from perfkit.profiling.advice import Advice, advise
from perfkit.profiling.take import take
from perfkit.recipe import check_together
from perfkit.session.process import RejectedOutput, WorkerHandle
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher

__all__ = ["Missing", "Profiled", "Wanted", "chosen", "run_profile"]

_MOST_CALLS = 20_000
_OUTPUT_LINES = 40  # of what the program prints


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user asked for; no profilers means those that suit."""

    profilers: tuple[str, ...] = ()
    rate: int = 499  # samples a second; a prime, so as not to fall into step with the work
    duration_s: float = 2.0  # of profiled work, bare
    native: bool = False
    show_output: bool = False  # keep the end of what the program prints


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A profiler that gave nothing, why, and what to do."""

    profiler: str
    why: str
    hint: str


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
    status: str = "complete"  # or interrupted
    wrappers: tuple[str, ...] = ()  # recipes that are no advice: what they replace holds all the rest
    output: str = ""  # the end of what the program printed under the first profiler


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
    names = _checked(wanted)
    entry, place, entries = chosen(found, target, workload, size, recipes)
    ids = tuple(e.recipe.full_id for e in entries)
    chosen_size = size or place.sizes[0]
    # a profiler may stretch the work tenfold, and as many inputs are made before
    settings = replace(settings, timeout_s=max(settings.timeout_s, 20 * wanted.duration_s))
    session = Session(target, settings, watcher.doing, installed=found.installed)
    profiles: list[Profile] = []
    missing: list[Missing] = []
    seen: dict[str, Any] = {"seams": {}, "passes": 1}
    status, output = "complete", ""
    try:
        with watcher.interruptible():
            with session.worker(0, describe=True) as worker:
                seen = _inspected(session, worker, place.id, chosen_size, ids)
            calls = int(max(1, min(_MOST_CALLS, wanted.duration_s * 1e9 / seen["call_ns"])))
            for done, name in enumerate(names):
                watcher.doing(f"{name} on {place.id}", done / len(names))
                said = _take(profiles, missing, session, name, place.id, chosen_size, ids, calls, wanted)
                output = output or said
    except KeyboardInterrupt:
        status = "interrupted"
    except RejectedOutput as rejected:
        raise WorkFailed(f"{rejected.report['during']}: {rejected.report['error']}") from None
    if must and missing and not profiles and status == "complete":
        raise ProfilerUnavailable(missing[0].why, hint=missing[0].hint)
    advice, wrappers = advise(found, target, ids, seen["seams"], profiles)
    return Profiled(
        target=entry.id,
        workload=place.id,
        size=chosen_size,
        recipes=ids,
        profiles=tuple(profiles),
        missing=tuple(missing),
        seam_shares={name: seam["inclusive"] for name, seam in seen["seams"].items()},
        seam_calls={name: seam["calls"] / seen["passes"] for name, seam in seen["seams"].items()},
        advice=advice,
        wrappers=wrappers,
        output=output if wanted.show_output else "",
        environment={**session.outcome.environment, "threads": settings.threads},
        words=_words(place, entry, chosen_size, settings),
        status=status,
    )


def _checked(wanted: Wanted) -> tuple[str, ...]:
    """The profilers to run, in order; by default all that are here, but torch's: it sees its operations alone."""
    by_title = {title: name for name, title in PROFILERS.items()}
    names = tuple(dict.fromkeys(by_title.get(name, name) for name in wanted.profilers))
    for name in names:
        if name not in PROFILERS:
            raise UnknownName("profiler", name, PROFILERS)
    if not 1 <= wanted.rate <= 10_000:
        raise UsageError(f"--rate takes 1 to 10000 samples a second, not {wanted.rate}")
    if not 0.01 <= wanted.duration_s <= 3600:
        raise UsageError(f"--duration takes 0.01 to 3600 seconds, not {wanted.duration_s:g}")
    return names or tuple(n for n in PROFILERS if n != "torch" and (n != "sampling" or sampling.is_here()))


def chosen(
    found: Catalog, target: str, workload: str | None, size: str | None, recipes: Sequence[str]
) -> tuple[TargetEntry, WorkloadEntry, list[RecipeEntry]]:
    """What the user's words stand for. Raises UnknownName, RecipeConflict, and PerfkitError for a missing module."""
    entry = found.target(target)
    entry.check_available()
    entries = [found.recipe(name, target) for name in recipes]
    for one in entries:
        one.check_available()
    check_together([e.recipe for e in entries], entry.tree)
    place = entry.workload(workload) if workload else entry.workloads[0]
    entry.check_available(place.id)
    if size is not None and size not in place.sizes:
        raise UnknownName(f"size of {target}/{place.id}", size, place.sizes)
    return entry, place, entries


def _words(place: WorkloadEntry, entry: TargetEntry, size: str, settings: Settings) -> tuple[str, ...]:
    found = ["--workload", place.id] if place != entry.workloads[0] else []
    found += ["--size", size] if size != place.sizes[0] else []
    return (*found, *(word for root in settings.catalogs for word in ("--catalog", str(root))))


def _take(
    profiles: list[Profile],
    missing: list[Missing],
    session: Session,
    name: str,
    workload: str,
    size: str,
    ids: Sequence[str],
    calls: int,
    wanted: Wanted,
) -> str:
    """One profiler in a fresh process: what breaks there is its own trouble, unless the bare work fails as well.

    Answers the end of what the program printed there.
    """
    try:
        with session.worker(0) as worker:
            profiles.append(
                take(
                    name,
                    worker,
                    workload=workload,
                    size=size,
                    recipes=list(ids),
                    calls=calls,
                    duration_s=wanted.duration_s,
                    rate=wanted.rate,
                    native=wanted.native and name == "pyspy",
                    stateful=session.outcome.stateful.get(workload, False),
                )
            )
            return worker.noise(_OUTPUT_LINES) if wanted.show_output else ""
    except RejectedOutput as rejected:
        why = f"{name}: {rejected.report['during']}: {rejected.report['error']}"
        missing.append(Missing(profiler=name, why=why, hint=_others(name)))
    except (ProfilerUnavailable, WorkFailed) as error:
        missing.append(Missing(profiler=name, why=error.message, hint=error.hint or _others(name)))
    return ""


def _inspected(
    session: Session, worker: WorkerHandle, workload: str, size: str, recipes: Sequence[str]
) -> dict[str, Any]:
    """The counting pass; of a program that ends itself (`sys.exit`) only how long a call takes."""
    try:
        return session.inspect(worker, workload, size, recipes)
    except WorkFailed as failed:
        if f" {SystemExit.__name__}: " not in failed.message:
            raise
    about = f"timing a call of {workload}"
    worker.ask("profile_open", about=about, workload=workload, size=size, recipes=list(recipes))
    worker.ask("profile_ready", about=about, calls=1)
    done = worker.ask("profile_run", about=about, under="", rate=0)
    return {"seams": {}, "passes": 1, "call_ns": max(1, done["elapsed_ns"])}


def _others(name: str) -> str:
    return f"--with {','.join(other for other in PROFILERS if other not in (name, 'sampling', 'torch'))}"
