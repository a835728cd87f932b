"""Run the benchmarks of one target after the other: count, prove, measure, as `compare` does, seams alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from perfkit import schedule
from perfkit.catalog import Catalog
from perfkit.comparison.groups import fit
from perfkit.comparison.judge import Judge
from perfkit.comparison.planned_rows import Row
from perfkit.comparison.proofs import seam_proof, seams_alone
from perfkit.microbench.document import UnderWay
from perfkit.microbench.in_turn import Part, in_turn
from perfkit.microbench.rows import below, rows_of
from perfkit.microbench.sampling import Sampling, with_sampling
from perfkit.microbench.wanted import Wanted
from perfkit.result import Document
from perfkit.session.outcome import Candidate
from perfkit.session.proving import Examination
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher

__all__ = ["Bench", "run"]

_PROVING = 0.5  # of the time of a target, after which no further recipe is proven
_LEAST_S = 4.0  # that a target has, however many there are
_END = 0.04  # of the whole, which is kept for the end
_FEWEST = 2  # processes, for a first look
_SOAK_S = 0.05  # of calls without comparing, in the proof of one seam


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is asked of one run: what to measure and how, the user's command, and who hears of it.

    `heard` is told of each target's document as soon as it is measured. `named`: the user has said what, so that there
    is time for what subnormals cost the recipes too.
    """

    catalog: Catalog
    wanted: Sequence[Wanted]
    settings: Settings
    command: str = ""
    named: bool = False
    how: Sampling = field(default_factory=Sampling)
    watcher: Watcher = field(default_factory=Watcher)
    heard: Callable[[Document], None] = lambda document: None


def run(asked: Bench) -> Document:
    """Measure every target; Ctrl-C gives what there is, with status `interrupted`.

    Raises CutShort, with what there is, where something cannot be gone on with after the first sample.
    """
    return in_turn(_parts(asked), asked.heard)


def _parts(asked: Bench) -> Iterator[Part]:
    """Each target has its part of the time of all: what one leaves, those after it may use."""
    start_s, left = time.monotonic(), [*asked.wanted]
    while left:
        now = time.monotonic()
        until_s = start_s + (1 - _END) * asked.settings.whole_s
        part = left[0].weight / sum(wanted.weight for wanted in left)
        wanted = left.pop(0)
        deadline = now + max(_LEAST_S, part * (until_s - now))
        yield f"in {wanted.title}", partial(_measured, asked, wanted, deadline)


def _measured(asked: Bench, wanted: Wanted, deadline: float) -> Document:
    target = _Target(asked, wanted, deadline)
    try:
        return target.under_way.document_after(target.measure, asked.watcher)
    finally:
        target.close()


class _Target:
    """The benchmarks of one target under way; `deadline` by `time.monotonic`."""

    def __init__(self, asked: Bench, wanted: Wanted, deadline: float) -> None:
        self._asked, self._wanted, self._deadline = asked, wanted, deadline
        self._start_s = time.monotonic()
        settings, target = asked.settings, wanted.target
        installed = asked.catalog.installed
        self._session = Session(target.id, settings, self._doing, installed=installed)
        self.outcome = self._session.outcome
        entries = {entry.recipe.full_id: entry for entry in asked.catalog.of_target(target.id)}
        judge = Judge(target=target, entries=entries, outcome=self.outcome, margin=settings.margin)
        self.under_way = UnderWay(judge=judge, settings=settings, command=asked.command)

    def measure(self) -> None:
        """Everything that takes time, in order."""
        session, settings = self._session, self._asked.settings
        with ExitStack() as until_proven, session.proof_workers.opening_ahead():
            self._count(until_proven)
            rows = self.under_way.rows = list(rows_of(self._wanted, self.outcome.seams))
            with session.prover.sharing():
                rows = self.under_way.rows = self._proven(rows)
        budget_s = max(1.0, min(settings.budget_s, self._deadline - time.monotonic()))
        fitted = fit(rows, self.outcome, replace(settings, budget_s=budget_s))
        self.under_way.measuring(fitted.rows)
        session.measure(
            with_sampling(fitted.groups, self._asked.how, every=self._asked.named), budget_s, self._deadline, _FEWEST
        )

    def _doing(self, what: str, fraction: float) -> None:
        self._asked.watcher.doing(f"{self._wanted.target.id}: {what}", fraction)

    def _count(self, workers: ExitStack) -> None:
        """Count the seams of every workload that is needed, and of those with the recipes that others require."""
        session = self._session
        worker = workers.enter_context(session.worker(0, describe=True))
        if not self._wanted.axes:  # a workload that has the axis has been chosen
            session.counter.survey([workload.id for workload in self._wanted.target.able], worker)
            self._wanted = self._wanted.choosing(self.outcome.called, self.outcome.taken_ns)
        wanted = self._wanted
        for workload in wanted.workloads:
            size = wanted.point(workload)
            if wanted.size is None or wanted.size in wanted.target.workload(workload).sizes:
                session.counter.inspect(worker, workload, size, ())
        for entry in wanted.recipes:
            on = below(entry)
            for workload in dict.fromkeys(wanted.workload(s) for s in wanted.seams if s in entry.recipe.touches):
                if on and not entry.unavailable and (workload, ()) in self.outcome.seams:
                    place = workload, wanted.point(workload), on
                    if not session.counter.inspect_below(worker, place, (entry.recipe.full_id,)):
                        worker.end()
                        worker = workers.enter_context(session.worker(0))
        worker.end()

    def _proven(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, each recipe proven on its seams, for half of the time; those that are left then have a remark."""
        late: set[tuple[str, ...]] = set()
        self._session.prover.examine(self._examinations(rows, late))
        remark = "no time was left to prove it: perfkit bench "
        return [replace(r, remark=r.remark or remark + r.recipes[0]) if r.recipes in late else r for r in rows]

    def _examinations(self, rows: Sequence[Row], late: set[tuple[str, ...]]) -> Iterator[Examination]:
        """Of each recipe, as its turn comes; into `late` go those whose turn comes too late."""
        until_s = self._start_s + _PROVING * (self._deadline - self._start_s)
        for entry in self._wanted.recipes:
            name = (entry.recipe.full_id,)
            cells = seams_alone(rows, name)
            if not cells or name in self.outcome.failures:
                continue
            if time.monotonic() > until_s:
                late.add(name)
                continue
            places = [(cell.workload, cell.point, cell.on) for cell in cells]
            touched = sorted({cell.part for cell in cells}.intersection(entry.recipe.touches))
            proofs = [seam_proof(cell, name, self.outcome.call_ns(cell), _SOAK_S) for cell in cells]
            yield Examination(Candidate(role=schedule.CANDIDATE, recipes=name), places, touched, proofs)

    def close(self) -> None:
        """End what an interruption has left."""
        self._session.close()
