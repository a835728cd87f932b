"""Sampling groups in fresh processes, round by round, within a budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from perfkit import schedule
from perfkit.cell import IN_PROCESS
from perfkit.errors import PerfkitError, WorkFailed
from perfkit.protocol.measuring import Piloted, RoundSample
from perfkit.result import Sample
from perfkit.session.blame import Blame, rejected_on
from perfkit.session.budget import Budget, StoppingRule, common_loops
from perfkit.session.opening import OpenWorker
from perfkit.session.outcome import Group, GroupOutcome, Outcome
from perfkit.session.process import RejectedOutput, WorkerHandle
from perfkit.session.rounds import Rounds
from perfkit.session.slow_baseline import Company
from perfkit.settings import Settings

__all__ = ["Measuring"]

# a whole workload is noisier than one seam, and matters more
_WEIGHTS = {"cold": 0.5, "warm": 1.0, "micro": 1.0, "macro": 3.0, "stack": 3.0}


class Measuring:
    """Samples groups into the outcome; a candidate that fails is taken out, and the others start afresh."""

    def __init__(
        self,
        outcome: Outcome,
        settings: Settings,
        open_worker: OpenWorker,
        report: Callable[[str, float], None],
        keep: Callable[[], None],
    ) -> None:
        """`report` hears what is being done; `keep` is called whenever samples of one more group are in."""
        self._outcome, self._settings, self._open = outcome, settings, open_worker
        self._report, self._keep = report, keep
        self._blame = Blame(outcome, settings.seed, open_worker)
        self._company = Company(outcome, settings.seed, open_worker)

    def measure(self, groups: Sequence[Group], budget_s: float | None = None) -> None:
        """Sample every group in its number of fresh processes, within the budget (by default that of the settings)."""
        groups = [replace(g, stateful=self._outcome.stateful.get(g.cell.workload, False)) for g in groups]
        visits = [
            [g for g in groups if process < g.processes]
            for process in range(max((g.processes for g in groups), default=0))
        ]
        settings = self._settings if budget_s is None else replace(self._settings, budget_s=budget_s)
        budget = Budget(settings, [[_WEIGHTS[g.cell.state or g.cell.kind] for g in members] for members in visits])
        for group in groups:
            self._outcome.groups[group.id] = GroupOutcome(group=group)
        measured_s = self._outcome.measuring_s

        def done() -> None:
            self._outcome.measuring_s = measured_s + budget.spent_s
            self._keep()

        for process, members in enumerate(visits):
            self._visit(process, members, budget, done)
        if budget.exhausted:
            self._outcome.status = "budget"

    def _visit(self, process: int, members: Sequence[Group], budget: Budget, done: Callable[[], None]) -> None:
        """All groups of one process, which share a worker where their layout lets them; `done` hears of each."""
        with ExitStack() as stack:
            shared: dict[int | None, WorkerHandle] = {}  # by their number of threads
            for group in members:
                self._report(group.cell.title, budget.fraction())
                stopping = budget.stopping()
                inside, threads = group.cell.layout == IN_PROCESS, group.cell.threads
                if inside and threads not in shared:
                    shared[threads] = stack.enter_context(self._open(process, threads=threads))
                host = shared[threads] if inside else None
                if not self._measure_group(group, process, host, stopping) and inside:
                    del shared[threads]  # dead, or spoilt; the next group gets a fresh one
                done()

    def _measure_group(self, group: Group, process: int, shared: WorkerHandle | None, stopping: StoppingRule) -> bool:
        """Sample one group in one process; answers whether its workers are still fit for others."""
        group = self._blame.alive(group)
        if not group.candidates:
            return True
        outcome, threads = self._outcome.groups[group.id], group.cell.threads
        with ExitStack() as stack:
            hosts = {
                role: shared or stack.enter_context(self._open(process, threads=threads))
                for role in schedule.build_order(self._settings.seed, process, group.id, group.roles)
            }
            try:
                with rejected_on(group.cell.part):
                    self._sample(group, process, hosts, stopping)
                if shared:
                    self._company.check(group, process)
                return True
            except RejectedOutput as rejected:
                self._blame.attribute_failure(group, process, rejected.rejection)
            except PerfkitError as error:
                failed = error if isinstance(error, WorkFailed) else WorkFailed(error.message)
                self._blame.died(group, process, failed)
                if len(self._blame.alive(group).candidates) == len(group.candidates):
                    return False  # nobody is to blame; another try might end as this one did
        # the others start afresh in this process; what was taken beside the rejected one is kept, but not counted
        outcome.samples[:] = [replace(s, phase="aborted") if s.process == process else s for s in outcome.samples]
        with ExitStack() as stack:
            fresh = stack.enter_context(self._open(process, threads=threads)) if shared else None
            self._measure_group(group, process, fresh, stopping)
        return False

    def _sample(self, group: Group, process: int, hosts: Mapping[str, WorkerHandle], stopping: StoppingRule) -> None:
        """Build, as many rounds as the stopping rule wants, and the last checks."""
        outcome = self._outcome.groups[group.id]
        rounds = Rounds(group, process, hosts, self._settings.seed, f"{group.cell.title}, process {process}")
        piloted: dict[str, Piloted] = {}
        for built in rounds.build(self._outcome.resolution_ns):
            piloted.update(built.roles)
            self._outcome.warnings += [w for w in built.warnings if w not in self._outcome.warnings]
        loops = common_loops(piloted)
        outcome.note_pilots(piloted, loops)
        stopping.start()
        number = 0
        while stopping.goes_on():
            taken = rounds.take(number, loops)
            outcome.samples += [_sample(group, process, number, position, s) for position, s in enumerate(taken)]
            stopping.note({s.role: s.elapsed_ns / s.loops for s in taken})
            number += 1
        outcome.stopped_by = stopping.stopped_by
        for finished in rounds.finish():
            outcome.note_finish(finished)


def _sample(group: Group, process: int, number: int, position: int, taken: RoundSample) -> Sample:
    return Sample(
        group=group.id,
        role=taken.role,
        process=process,
        round=number,
        position=position,
        loops=taken.loops,
        elapsed_ns=taken.elapsed_ns,
        flags=taken.flags,
    )
