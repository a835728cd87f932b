"""Two variants profiled alike, and timed beside it without any profiler: does what moved add up?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from perfkit import schedule
from perfkit.catalog import Catalog
from perfkit.cell import Cell
from perfkit.errors import PerfkitError
from perfkit.profilers.analysis.difference import Difference, difference
from perfkit.profiling.each import Wanted
from perfkit.profiling.run import Profiled, chosen, run_profile
from perfkit.result import Status
from perfkit.session.outcome import Candidate, Group
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher
from perfkit.stats.times import Times

__all__ = ["Changed", "Timed", "run_change"]

_TIMED_S, _PROCESSES = 3.0, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The bare times of both variants, alternating in fresh processes, and the speed-up with its interval.

    `after_ns` is the typical time before, over the speed-up: of two medians the quotient would not be the estimate.
    """

    before_ns: float
    after_ns: float
    point: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Both variants, what moved between them in each profiler, and the timed difference where it could be had."""

    before: Profiled
    after: Profiled
    differences: tuple[Difference, ...]
    timed: Timed | None
    trouble: str = ""  # why nothing was timed


def run_change(
    found: Catalog,
    target: str,
    *,
    workload: str | None,
    size: str | None,
    recipes: Sequence[str],
    wanted: Wanted,
    settings: Settings,
    watcher: Watcher,
) -> Changed | Profiled:
    """Profile a workload without `recipes` (with what they require) and with them, and time one against the other.

    Ctrl-C keeps what there is: the view of the first variant alone, where the second was not begun.
    """
    named = [found.recipe(name, target).recipe for name in recipes]
    ids = [r.full_id for r in named]
    required = sorted({f"{target}/{name}" for r in named for name in r.requires} - set(ids))
    chosen(found, target, workload, size, [*required, *ids])  # refuses what cannot run before anything does

    def one(names: Sequence[str], start: float, *, must: bool = True) -> Profiled:
        def doing(what: str, fraction: float) -> None:
            watcher.doing(what, start + 0.4 * fraction)

        return run_profile(
            found,
            target,
            workload=workload,
            size=size,
            recipes=names,
            wanted=wanted,
            settings=settings,
            watcher=replace(watcher, doing=doing),
            must=must,
        )

    before = one(required, 0.0, must=False)  # torch.profiler has nothing to see before torch comes in
    if before.status == "interrupted":
        return before
    after = one([*required, *ids], 0.4)
    if after.status == "interrupted" and not after.profiles:
        return replace(before, status="interrupted")
    timed, trouble, status = None, "interrupted", after.status
    if status == "complete":
        timed, trouble, status = _timed(found, after, required, ids, settings, watcher)
    pairs = [(b, a) for b in before.profiles for a in after.profiles if b.profiler == a.profiler]
    return Changed(
        before=before,
        after=after if status == "complete" else replace(after, status=status),
        differences=tuple(difference(b, a) for b, a in pairs),
        timed=timed,
        trouble=trouble,
    )


def _timed(
    found: Catalog,
    after: Profiled,
    required: Sequence[str],
    ids: Sequence[str],
    settings: Settings,
    watcher: Watcher,
) -> tuple[Timed | None, str, Status]:
    """The two variants in paired rounds: what was measured, or why it was not, and the status."""
    watcher.doing("timing both", 0.8)
    quick = replace(settings, budget_s=_TIMED_S, processes=_PROCESSES)
    session = Session(after.target, quick, lambda what, fraction: None, installed=found.installed)
    role = schedule.candidate_role(1)
    status: Status = "complete"
    group = Group(
        id="timed",
        cell=Cell(target=after.target, workload=after.workload, size=after.size, kind="macro", on=tuple(required)),
        processes=_PROCESSES,
        candidates=(Candidate(role=role, recipes=tuple(ids)),),
    )
    try:
        with watcher.interruptible():
            session.measure([group])
    except KeyboardInterrupt:
        status = "interrupted"
    except PerfkitError as error:
        return None, error.message, "complete"
    failures = list(session.outcome.failures.values())
    measured = session.outcome.groups.get(group.id)
    pairs = Times(measured.samples if measured else []).pairs(role)
    if failures or pairs.processes < 2:
        return None, failures[0].text if failures else "too few processes were timed", status
    point, low, high = pairs.estimate(0.95).ratio()
    before_ns = pairs.typical_before_ns()
    return Timed(before_ns=before_ns, after_ns=before_ns / point, point=point, low=low, high=high), "", status
