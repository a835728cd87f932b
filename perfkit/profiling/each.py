"""Profilers in turn, each in a process of its own, on one workload of whatever a session has opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from perfkit import numbers
from perfkit.errors import ProfilerUnavailable, UsageError, WorkFailed
from perfkit.profilers.analysis.whole import HotLine
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.profiler import Look
from perfkit.profilers.registry import PROFILERS, names_of, suggestion
from perfkit.profiling.take import take
from perfkit.protocol.counting import Inspected
from perfkit.protocol.profiling import OpenRegion, PrepareRegion, RunRegion
from perfkit.result import Status
from perfkit.session.session import Session
from perfkit.session.worker_process import RejectedOutput, WorkerHandle
from perfkit.settings import Settings, Watcher

__all__ = ["Missing", "Taken", "Wanted", "check", "patient", "take_each"]

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


def check(wanted: Wanted) -> tuple[str, ...]:
    """The profilers to run, in order; by default all that are usual here."""
    names = names_of(wanted.profilers)
    if not 1 <= wanted.rate <= 10_000:
        raise UsageError(f"--rate takes 1 to 10000 samples a second, not {wanted.rate}")
    if not 0.01 <= wanted.duration_s <= 3600:
        raise UsageError(f"--duration takes 0.01 to 3600 seconds, not {numbers.as_given(wanted.duration_s)}")
    return names or tuple(name for name, profiler in PROFILERS.items() if profiler.is_usual())


@dataclass(slots=True, kw_only=True)
class Taken:
    """What the profilers gave, and what was seen of the seams before; valid at any moment."""

    profiles: list[Profile] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    seen: Inspected = field(default_factory=lambda: Inspected(call_ns=1, passes=1, seams={}))
    status: Status = "complete"
    output: str = ""  # the end of what the program printed under the first profiler
    lines: tuple[HotLine, ...] = ()


def patient(settings: Settings, wanted: Wanted) -> Settings:
    """The same with time for a profiler that stretches the work tenfold, and as many inputs made before.

    A limit of the user's own stands.
    """
    if settings.timeout_s != Settings().timeout_s:
        return settings
    return replace(settings, timeout_s=max(settings.timeout_s, 20 * wanted.duration_s))


def take_each(
    session: Session,
    place: tuple[str, str, tuple[str, ...]],
    names: Sequence[str],
    wanted: Wanted,
    watcher: Watcher,
    *,
    must: bool = True,
    lines: bool = False,
) -> Taken:
    """Profile a workload at a size with recipes under each profiler; Ctrl-C keeps those that are done.

    `lines`: also which lines are hot. Raises WorkFailed where the code itself fails, and ProfilerUnavailable when none
    of the profilers can run here; never that if not `must`.
    """
    workload, size, ids = place
    taken = Taken()
    with _keeping(taken), watcher.interruptible():
        with session.worker(0, describe=True) as worker:
            taken.seen = _inspected(session, worker, workload, size, ids)
        calls = int(max(1, min(_MOST_CALLS, wanted.duration_s * 1e9 / taken.seen.call_ns)))
        stateful = session.outcome.stateful.get(workload, False)
        region = OpenRegion(workload=workload, size=size, recipes=ids, stateful=stateful)
        for done, name in enumerate(names):
            watcher.doing(f"{name} on {workload}", done / len(names))
            _take(taken, session, name, region, calls, wanted, lines=lines)
            if len(taken.profiles) == 1 and done + 1 < len(names):
                watcher.profiled(taken.profiles[0])
    if must and taken.missing and not taken.profiles and taken.status == "complete":
        raise ProfilerUnavailable(taken.missing[0].why, hint=taken.missing[0].hint)
    return taken


@contextmanager
def _keeping(taken: Taken) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        taken.status = "interrupted"
    except RejectedOutput as rejected:
        raise WorkFailed(rejected.rejection.text) from None


def _take(
    taken: Taken, session: Session, name: str, region: OpenRegion, calls: int, wanted: Wanted, *, lines: bool
) -> None:
    """One profiler in a fresh process: what breaks there is its own trouble, unless the bare work fails as well."""
    try:
        with session.worker(0) as worker:
            profile, hot = take(
                PROFILERS[name],
                worker,
                region=region,
                calls=calls,
                duration_s=wanted.duration_s,
                look=Look(rate=wanted.rate, native=wanted.native, lines=lines),
            )
            taken.profiles.append(profile)
            taken.lines = taken.lines or hot
            if wanted.show_output and not taken.output:
                taken.output = worker.noise(_OUTPUT_LINES)
    except RejectedOutput as rejected:
        why = f"{name}: {rejected.rejection.text}"
        taken.missing.append(Missing(profiler=name, why=why, hint=suggestion(but=name)))
    except (ProfilerUnavailable, WorkFailed) as error:
        taken.missing.append(Missing(profiler=name, why=error.message, hint=error.hint or suggestion(but=name)))


def _inspected(session: Session, worker: WorkerHandle, workload: str, size: str, recipes: Sequence[str]) -> Inspected:
    """The counting pass; of a program that ends itself (`sys.exit`) only how long a call takes."""
    try:
        return session.counter.inspect(worker, workload, size, recipes)
    except WorkFailed as failed:
        if f" {SystemExit.__name__}: " not in failed.message:
            raise
    about = f"timing a call of {workload}"
    worker.ask(OpenRegion(workload=workload, size=size, recipes=tuple(recipes)), about=about)
    worker.ask(PrepareRegion(calls=1), about=about)
    done = worker.ask(RunRegion(under="", rate=0), about=about)
    return Inspected(call_ns=max(1, done.elapsed_ns), passes=1, seams={})
