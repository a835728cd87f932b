"""From a plan to a document: count, prove, measure, judge; first recipes alone, then the stacks of them."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from perfkit.catalog import Catalog
from perfkit.comparison.budgets import Budgets
from perfkit.comparison.document import document_of
from perfkit.comparison.extreme_findings import add_extremes
from perfkit.comparison.judge import Judge
from perfkit.comparison.partial import Place, how_far, reached_rows
from perfkit.comparison.peak_memory import add_peaks
from perfkit.comparison.plan import Plan
from perfkit.comparison.progress import Progress
from perfkit.comparison.recipe_run import RecipeRun
from perfkit.comparison.reporter import Reporter
from perfkit.comparison.stack_run import StackRun
from perfkit.errors import PerfkitError
from perfkit.protocol.opening import FromCallables
from perfkit.result import CutShort, Document, Result
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher

__all__ = ["Comparison", "run"]

_AFTER, _LEAST_S = 0.1, 30.0  # of a session that is limited as a whole: for its end, and what measuring has at least
_ALONE_OF_WHOLE = 0.6  # of its time: for recipes alone, proofs and all, where stacks follow
_COUNTING_S, _BESIDE_S = 3.0, 12.0  # about, before anything is known: counting, and all that is neither it nor sampling
_SAMPLING = 0.6  # of the time for stacks: the rest is for their proofs and for building them


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
    """Count, prove, measure, judge. Ctrl-C at any point returns what there is, with status `interrupted`.

    Raises CutShort, with what there is, where something cannot be gone on with after the first sample.
    """
    under_way, cut_short = _Run(asked), False
    try:
        with asked.watcher.interruptible():
            under_way.measure()
    except KeyboardInterrupt:
        cut_short = True
    except Exception as error:
        if not any(group.samples for group in under_way.outcome.groups.values()):
            raise
        document = under_way.document(cut_short=True)
        raise CutShort(error, replace(document, reached=f"by an error {document.reached}")) from error
    finally:
        under_way.close()
    return under_way.document(cut_short=cut_short)


class _Run:
    """A comparison under way: what has been found so far can be had as a document at any time."""

    def __init__(self, asked: Comparison) -> None:
        self._asked = asked
        self._start_s = time.monotonic()
        plan, settings = asked.plan, asked.settings
        # what is kept is true of the file, should it stay the last
        reporter = Reporter(asked.watcher, self._so_far, lambda: self.document(cut_short=True))
        self._progress = Progress(reporter.tell)
        installed = asked.catalog is not None and asked.catalog.installed
        code = asked.functions or plan.target.id
        self._session = Session(code, settings, self._progress.tell, reporter.keep, installed=installed)
        self.outcome = self._session.outcome
        self.outcome.warn(*plan.unproven)
        self._after = ""  # what is done once all has been measured
        known = [e for variant in plan.variants for e in variant]
        known += asked.catalog.of_target(plan.target.id) if asked.catalog is not None else ()
        entries = {e.recipe.full_id: e for e in known}
        self._judge = Judge(target=plan.target, entries=entries, outcome=self.outcome, margin=settings.margin)
        self._budgets = Budgets.of(settings.budget_s, stacks=plan.together)
        self._alone = RecipeRun(self._session, plan, settings, self._budgets, self._progress)
        self._stacks = StackRun(self._session, plan, self._judge, settings)

    def measure(self) -> None:
        """Everything that takes time, in order."""
        plan, settings = self._asked.plan, self._asked.settings
        self._progress.expect({"counting": _COUNTING_S, "all else": settings.whole_s or settings.budget_s + _BESIDE_S})
        self._progress.begin("counting")
        with ExitStack() as until_proven:
            until_proven.enter_context(self._session.proof_workers.opening_ahead())
            _count(self._session, plan, until_proven)
            self._alone.begin()
            deadline = self._deadline(_ALONE_OF_WHOLE if plan.together else 1)
            self._announce(deadline)
            self._alone.measure(deadline, proven=until_proven.close)
        if plan.together:
            self._progress.begin("stacks")
            self._measure_stacks()
            self._after = "while measuring the limits of this machine"
            self._note_limits()
        self._progress.begin("after")
        self._after = "while counting peak memory"
        add_peaks(self._session, plan, self._alone.planned, self._judge.entries, self._progress.tell)
        until = self._start_s + settings.whole_s if settings.whole_s else math.inf
        self._after = "while trying extreme inputs"
        add_extremes(self._session, plan, self._alone.planned, settings, self._progress.tell, until)

    def _announce(self, deadline: float | None) -> None:
        """Say what will be done, and how long it will take, before anything is proven."""
        plan, settings, now = self._asked.plan, self._asked.settings, time.monotonic()
        if any(not row.remark for row in self._alone.rows):
            stacks = len(plan.stacked_on) if plan.together else 0
            self._asked.watcher.planned(self._alone.announcement(now - self._start_s, stacks))
        stages = self._alone.stages(deadline)
        if plan.together:
            alone_s = sum(stages.values())
            stages["stacks"] = alone_s / 2 if deadline is None else self._start_s + settings.whole_s - deadline
        stages["after"] = sum(need.after_s for need in self._alone.needs([plan]))
        self._progress.expect(stages)

    def _deadline(self, share: float) -> float | None:
        """When that share of the time that is left is over; some is kept for what comes after the measuring."""
        whole_s, now = self._asked.settings.whole_s, time.monotonic()
        if not whole_s:
            return None
        return now + share * max(_LEAST_S, self._start_s + (1 - _AFTER) * whole_s - now)

    def _measure_stacks(self) -> None:
        deadline, budget_s = self._deadline(1), self._budgets.stacks_s
        if deadline is not None:
            budget_s = _SAMPLING * (deadline - time.monotonic())
        self._stacks.measure(self._alone.rows, budget_s, deadline)

    def _note_limits(self) -> None:
        """What this machine can do at best, which the fastest stack of each workload is held against."""
        try:
            self._session.counter.roofline({row.cell.workload: row.cell.point for row in self._stacks.rows})
        except PerfkitError as error:  # all has been measured by now, and this is only said beside it
            self.outcome.warn(f"the limits of this machine are not known: {error.message}")

    def close(self) -> None:
        """End what an interruption has left."""
        self._session.close()

    def document(self, *, cut_short: bool) -> Document:
        """What there is; `cut_short`: as interrupted, without rows that say nothing yet."""
        outcome, asked = self.outcome, self._asked
        rows = [*self._alone.rows, *self._stacks.rows]
        results = self._judge.results(rows)
        reached = ""
        if cut_short:
            able = [variant for variant in asked.plan.variants if asked.plan.measurable(variant)]
            variants = [tuple(e.recipe.full_id for e in variant) for variant in able]
            reached = how_far(variants, rows, results, outcome, self._place)
            results = reached_rows(rows, results)
        results += self._judge.alternatives(rows, results, asked.plan.alternatives)
        return document_of(
            outcome,
            asked.settings,
            results,
            command=asked.command,
            start_s=self._start_s,
            before=self._alone.before,
            status="interrupted" if cut_short else None,
            reached=reached,
        )

    @property
    def _place(self) -> Place:
        return Place(after=self._after) if self._after else self._stacks.place or self._alone.place

    def _so_far(self) -> Sequence[Result]:
        """The rows of whole workloads, and of whole stacks."""
        whole = [row for row in self._alone.rows if row.cell.kind == "macro"]
        return self._judge.results([*whole, *(row for row in self._stacks.rows if not row.is_part)])


def _count(session: Session, plan: Plan, workers: ExitStack) -> None:
    """Count and clock the seams of every baseline. What is left to do for its workers is to end, until `workers` do."""
    worker = workers.enter_context(session.worker(0, describe=True))
    for variant in plan.variants:
        key = tuple(e.recipe.full_id for e in variant)
        for workload in plan.workloads(variant):
            for on in plan.measurable(variant):
                if not session.counter.inspect_below(worker, (workload, plan.point_of(workload), on), key):
                    worker.end()
                    worker = workers.enter_context(session.worker(0))
    worker.end()
