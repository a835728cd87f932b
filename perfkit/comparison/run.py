"""Run one comparison from the user's words to a document."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from perfkit import __version__
from perfkit.catalog import Catalog
from perfkit.comparison.extremes import add_extremes
from perfkit.comparison.groups import fit, set_up_s, stretched
from perfkit.comparison.judge import Judge
from perfkit.comparison.partial import how_far, reached_rows
from perfkit.comparison.peaks import add_peaks
from perfkit.comparison.plan import Plan
from perfkit.comparison.plan_line import plan_line
from perfkit.comparison.proofs import prove
from perfkit.comparison.rows import Row, rows_of
from perfkit.comparison.stack_run import ALONE, StackRun
from perfkit.comparison.warnings import analyse
from perfkit.errors import PerfkitError
from perfkit.machine import counters
from perfkit.protocol.opening import FromCallables
from perfkit.result import Document
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher

__all__ = ["Comparison", "run"]

_AFTER, _LEAST_S = 0.1, 30.0  # of a session that is limited as a whole: for its end, and what sampling has at least
_SAMPLING = 0.6  # of the time for stacks: the rest is for their proofs and for building them
_KEEP_EVERY_S = 10.0  # how often a long run hands out what it has so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is asked of one comparison: what to measure and how, the user's command, and who hears of it.

    Either `catalog` or `functions` is given.
    """

    plan: Plan
    settings: Settings
    catalog: Catalog | None = None  # that the target and its recipes stand in
    functions: FromCallables | None = None  # that are compared in the place of a target and its recipes
    command: str = ""
    watcher: Watcher = field(default_factory=Watcher)


def run(asked: Comparison) -> Document:
    """Count, prove, measure, judge. Ctrl-C at any point returns what there is, with status `interrupted`."""
    under_way = _Run(asked)
    try:
        with asked.watcher.interruptible():
            under_way.measure()
    except KeyboardInterrupt:
        under_way.outcome.status = "interrupted"
    except Exception:  # what cannot be gone on with: the samples so far are worth keeping all the same
        if asked.watcher.kept is not None and any(group.samples for group in under_way.outcome.groups.values()):
            asked.watcher.kept(under_way.document(cut_short=True))
        raise
    return under_way.document(cut_short=under_way.outcome.status == "interrupted")


class _Run:
    """A comparison under way: what has been found so far can be had as a document at any time."""

    def __init__(self, asked: Comparison) -> None:
        self._asked = asked
        self._start_s = self._last_kept_s = time.monotonic()
        self._rows: list[Row] = []
        self._stacked: list[list[Row]] = []  # each is changed in place while it is measured
        self._before: dict[str, float] = {}  # the machine's counters when the measuring began
        plan, settings = asked.plan, asked.settings
        installed = asked.catalog is not None and asked.catalog.installed
        code = asked.functions or plan.target.id
        self._session = Session(code, settings, asked.watcher.doing, self._keep, installed=installed)
        self.outcome = self._session.outcome
        self.outcome.warnings += plan.unproven
        known = [e for variant in plan.variants for e in variant]
        known += asked.catalog.of_target(plan.target.id) if asked.catalog is not None else ()
        entries = {e.recipe.full_id: e for e in known}
        self._judge = Judge(target=plan.target, entries=entries, outcome=self.outcome, margin=settings.margin)

    def measure(self) -> None:
        """Everything that takes time, in order."""
        plan, settings, watcher = self._asked.plan, self._asked.settings, self._asked.watcher
        with ExitStack() as scouting, self._session.scout.opening_ahead():
            _scout(self._session, plan, scouting)
            self._rows = list(rows_of(plan, self.outcome.seams, settings.layouts))
            if plan.proves:
                prove(self._session, plan, self._rows, settings)
        measurable = self._rows  # what does not fit the budget has its memory counted all the same
        settings = stretched(self._rows, self.outcome, settings)
        self._measure_alone(settings)
        if plan.together:
            self._measure_stacks(settings)
        add_peaks(self._session, plan, measurable, self._judge.entries, watcher.doing)
        add_extremes(self._session, plan, settings, watcher)

    def _measure_alone(self, settings: Settings) -> None:
        plan = self._asked.plan
        budget_s = settings.budget_s * (ALONE if plan.together else 1)
        deadline = self._deadline(ALONE if plan.together else 1)
        if deadline is not None:
            budget_s = min(budget_s, max(_LEAST_S, deadline - time.monotonic()))
        fitted = fit(self._rows, self.outcome, replace(settings, budget_s=budget_s), plan.points)
        self._rows = fitted.rows
        if fitted.groups:
            whole_s = time.monotonic() - self._start_s + settings.budget_s + set_up_s(fitted)
            line = plan_line(fitted.groups, fitted.call_ns, budget_s)
            self._asked.watcher.planned(f"{line}; about {whole_s:.0f} s in all")
        self._before = counters.counters()
        self._session.measure(fitted.groups, budget_s, deadline)

    def _deadline(self, share: float) -> float | None:
        """When that share of the time that is left is over; some is kept for what comes after the measuring."""
        whole_s, now = self._asked.settings.whole_s, time.monotonic()
        if not whole_s:
            return None
        return now + share * max(_LEAST_S, self._start_s + (1 - _AFTER) * whole_s - now)

    def _measure_stacks(self, settings: Settings) -> None:
        deadline = self._deadline(_SAMPLING)
        if deadline is not None:
            settings = replace(settings, budget_s=(deadline - time.monotonic()) / (1 - ALONE))
        for rows in StackRun(self._session, self._asked.plan, self._judge, settings).measure(self._rows):
            self._stacked.append(rows)
        try:
            self._session.scout.roofline({row.cell.workload: row.cell.point for rows in self._stacked for row in rows})
        except PerfkitError as error:  # all has been measured by now, and this is only said beside it
            self.outcome.warnings.append(f"the limits of this machine are not known: {error.message}")

    def document(self, *, cut_short: bool) -> Document:
        """What there is; `cut_short`: rows that say nothing yet are left out."""
        outcome, asked = self.outcome, self._asked
        rows = [*self._rows, *(row for stack in self._stacked for row in stack)]
        results = self._judge.results(rows)
        reached = ""
        if cut_short:
            able = [variant for variant in asked.plan.variants if asked.plan.measurable(variant)]
            variants = [tuple(e.recipe.full_id for e in variant) for variant in able]
            reached = how_far(variants, rows, results, outcome)
            results = reached_rows(rows, results)
        total_s = time.monotonic() - self._start_s
        document = Document(
            perfkit=__version__,
            command=asked.command,
            seed=asked.settings.seed,
            status="interrupted" if cut_short else outcome.status,
            reached=reached,
            environment=self._environment(),
            results=results,
            samples=tuple(sample for group in outcome.groups.values() for sample in group.samples),
            warnings=(*outcome.warnings, *outcome.thread_warnings(), *outcome.natural_warnings()),
            timing={"measuring_s": round(outcome.measuring_s, 3), "total_s": round(total_s, 3)},
        )
        return replace(document, warnings=(*document.warnings, *analyse(document)))

    def _environment(self) -> dict[str, object]:
        settings = {"threads": self._asked.settings.threads, "resolution_ns": self.outcome.resolution_ns}
        during = {"during": counters.happened(self._before, counters.counters())} if self._before else {}
        return {**self.outcome.environment, **settings, **during}

    def _keep(self) -> None:
        kept = self._asked.watcher.kept
        if kept is not None and time.monotonic() - self._last_kept_s >= _KEEP_EVERY_S:
            kept(self.document(cut_short=True))  # true of the file, should it stay the last
            self._last_kept_s = time.monotonic()


def _scout(session: Session, plan: Plan, workers: ExitStack) -> None:
    """Count and clock the seams of every baseline. What is left to do for its workers is to end, until `workers` do."""
    worker = workers.enter_context(session.worker(0, describe=True))
    for variant in plan.variants:
        key = tuple(e.recipe.full_id for e in variant)
        for workload in plan.workloads(variant):
            for on in plan.measurable(variant):
                if not session.scout.inspect_below(worker, (workload, plan.point_of(workload), on), key):
                    worker.end()
                    worker = workers.enter_context(session.worker(0))
    worker.end()
