"""Sampling groups in fresh processes, round by round, within a budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from enum import Enum, auto

from perfkit import schedule
from perfkit.cell import IN_PROCESS
from perfkit.errors import PerfkitError, WorkFailed
from perfkit.protocol.measuring import Built, Piloted, RoundSample
from perfkit.result import Sample
from perfkit.schedule import SLOW_CALL_NS
from perfkit.session.blame import Blame, failure_of, rejected_on
from perfkit.session.budget import Budget, StoppingRule, common_loops
from perfkit.session.open_worker import Opening, OpenWorker, Reserve
from perfkit.session.outcome import Failure, Group, GroupOutcome, Outcome
from perfkit.session.rounds import BuiltAhead, Rounds
from perfkit.session.slow_baseline import Company
from perfkit.session.worker_process import RejectedOutput, WorkerHandle
from perfkit.settings import Settings
from perfkit.stats.verdict import MIN_PROCESSES

__all__ = ["Measuring"]


Host = tuple[int, int | None]  # a process, by its number, and its threads


@dataclass(slots=True)
class _Visit:
    """One group in one process: who hosts all its roles, if one does, how long, and what has been built ahead."""

    group: Group
    process: int
    shared: WorkerHandle | None
    stopping: StoppingRule
    built: BuiltAhead | None


class _Ended(Enum):
    """How an attempt to sample a group in a process ended."""

    WELL = auto()
    FOR_GOOD = auto()
    WITH_A_CULPRIT = auto()  # one that is skipped from now on: the others may try again


class Measuring:
    """Samples groups into the outcome; a candidate that fails is taken out, and the others start afresh."""

    def __init__(
        self,
        outcome: Outcome,
        settings: Settings,
        open_worker: OpenWorker,
        report: Callable[[str, float], None],
        keep: Callable[[], None],
        at_once: int = 1,
        reserve: Reserve | None = None,
    ) -> None:
        """`report` hears what is being done; `keep` is called whenever samples of one more group are in.

        `at_once`: how many processes are opened and build their instances beside each other. They sample in turn.
        `reserve`: what may have been opened of them already.
        """
        self._reserve = reserve or Reserve(open_worker, 1)
        self._at_once = at_once
        self._outcome, self._settings, self._open = outcome, settings, open_worker
        self._report, self._keep = report, keep
        self._blame = Blame(outcome, settings.seed, open_worker)
        self._company = Company(outcome, settings.seed, open_worker)
        self._before = ExitStack()  # with the workers of the last visit, which end while the next are opened

    def measure(
        self,
        groups: Sequence[Group],
        budget_s: float | None = None,
        deadline: float | None = None,
        fewest: int = MIN_PROCESSES,
    ) -> None:
        """Sample every group in its number of fresh processes, within the budget (by default that of the settings).

        `deadline`, by `time.monotonic`: when it is to be over, if that can be done. `fewest`: processes that there are
        however late it is; below those of a verdict, groups whose turn comes after the deadline are skipped.
        """
        groups = [replace(g, stateful=self._outcome.stateful.get(g.cell.workload, False)) for g in groups]
        groups = [replace(g, seams=self._recorded_together(g, groups), usual_ns=self._usual_ns(g)) for g in groups]
        most = max((g.processes for g in groups), default=0)
        turns = [range(first, min(first + self._at_once, most)) for first in range(0, most, self._at_once)]
        settings = self._settings if budget_s is None else replace(self._settings, budget_s=budget_s)
        budget = Budget(settings, [_weights(groups, processes) for processes in turns], deadline=deadline)
        for group in groups:
            self._outcome.groups[group.id] = GroupOutcome(group=group)
        measured_s = self._outcome.measuring_s

        def done() -> None:
            self._outcome.measuring_s = measured_s + budget.spent_s
            self._keep()

        with ExitStack() as workers:
            workers.callback(self._reserve.close)
            while turns:
                late = fewest < MIN_PROCESSES
                self._visit(turns.pop(0), groups, budget, done, workers.enter_context(ExitStack()), late=late)
                while turns and turns[-1].stop > fewest and budget.is_tight():
                    last = turns.pop()
                    enough = range(last.start, max(last.start, fewest))  # for a verdict
                    budget.give_up(len(_weights(groups, last)), instead=_weights(groups, enough))
                    turns += [enough] if enough else []
        if budget.exhausted:
            self._outcome.status = "budget"

    def _usual_ns(self, group: Group) -> float:
        """What a call of its baseline took when it was counted; 0 where it was not."""
        counted, seam = self._outcome.counted(group.cell), group.cell.seam
        known = counted is not None and (group.cell.kind != "micro" or seam in counted.seams)
        return self._outcome.call_ns(group.cell) if known else 0.0

    def _recorded_together(self, group: Group, groups: Sequence[Group]) -> tuple[str, ...]:
        """The seams whose arguments come from the same runs of a workload, where one of these takes long."""
        counted, cell = self._outcome.counted(group.cell), group.cell
        if cell.kind != "micro" or counted is None or counted.call_ns < SLOW_CALL_NS:
            return ()
        alike = [other.cell for other in groups if replace(other.cell, seam=cell.seam, state=cell.state) == cell]
        return tuple(dict.fromkeys(other.seam for other in alike if other.seam))

    def _visit(
        self,
        processes: Sequence[int],
        groups: Sequence[Group],
        budget: Budget,
        done: Callable[[], None],
        stack: ExitStack,
        *,
        late: bool,
    ) -> None:
        """All groups of some processes, open for as long as `stack` is; those of one share a worker where they may.

        `done` hears of each. `late`: none that begins after the deadline. Nothing else runs while a sample is taken:
        what is built ahead is built before.
        """
        hosts: dict[Host, WorkerHandle] = {}
        for group in groups:
            if late and budget.is_over():
                break
            members = [process for process in processes if process < group.processes]
            self._open_ahead(group, members, hosts, stack)
            self._before.close()
            self._reserve.close()
            ahead = self._build_ahead(group, members, hosts)
            for process in members:
                self._report(group.cell.title, budget.fraction())
                inside, key = group.cell.layout == IN_PROCESS, (process, group.cell.threads)
                built = ahead.get(process)
                if built is not None and built.group != self._blame.alive(group):
                    hosts.pop(key).close()  # it holds a candidate that has been found wrong meanwhile
                    built = None
                if inside and key not in hosts:
                    hosts[key] = stack.enter_context(self._open(process, threads=group.cell.threads))
                visit = _Visit(group, process, hosts[key] if inside else None, budget.stopping(), built)
                if not self._measure_group(visit) and inside:
                    hosts.pop(key).close()  # dead, or spoilt; the next group gets a fresh one
                done()
        for worker in hosts.values():
            worker.end()  # while the next are opened
        self._before = stack

    def _beside_each_other(self, group: Group, processes: Sequence[int]) -> bool:
        """Whether a group is built in several processes at once."""
        alive = self._blame.alive(group)
        return len(processes) > 1 and group.cell.layout == IN_PROCESS and bool(alive.candidates or group.alone)

    def _open_ahead(
        self, group: Group, processes: Sequence[int], hosts: dict[Host, WorkerHandle], stack: ExitStack
    ) -> None:
        """Open what is not open yet, at once. One that cannot be opened fails when it is its turn: the others first."""
        if not self._beside_each_other(group, processes):
            return
        threads, opening = group.cell.threads, dict[Host, Opening]()
        with suppress(PerfkitError, OSError):  # there may be no room for more processes
            for process in processes:
                if (process, threads) not in hosts:
                    there = self._reserve.take(process) if threads is None else None
                    opening[process, threads] = started = there or self._open.ahead(process, threads=threads)
                    stack.enter_context(started.worker)
        for host, started in opening.items():
            with suppress(PerfkitError):
                hosts[host] = started.opened()

    def _build_ahead(
        self, group: Group, processes: Sequence[int], hosts: Mapping[Host, WorkerHandle]
    ) -> dict[int, BuiltAhead]:
        """Build the group in several processes at once; none for one alone."""
        ahead: dict[int, BuiltAhead] = {}
        if not self._beside_each_other(group, processes):
            return ahead
        group, threads = self._blame.alive(group), group.cell.threads
        for process in (p for p in processes if (p, threads) in hosts):
            order = schedule.build_order(self._settings.seed, process, group.id, group.roles)
            rounds = self._rounds(group, process, dict.fromkeys(order, hosts[process, threads]))
            ahead[process] = BuiltAhead(rounds, self._outcome.resolution_ns)
        for process, built in ahead.items():
            built.wait()
            if built.failed:
                hosts[process, threads].close()  # hung, or spoilt: see _attempt
        return ahead

    def _rounds(self, group: Group, process: int, hosts: Mapping[str, WorkerHandle]) -> Rounds:
        return Rounds(group, process, hosts, self._settings.seed, f"{group.cell.title}, process {process}")

    def _measure_group(self, visit: _Visit) -> bool:
        """Sample one group in one process; answers whether its workers are still fit for others.

        Where a candidate fails, the others start afresh; what was taken beside it is kept, but not counted.
        """
        ended = self._attempt(visit)
        if ended is _Ended.WELL:
            return True
        outcome, threads = self._outcome.groups[visit.group.id], visit.group.cell.threads
        while ended is _Ended.WITH_A_CULPRIT:
            outcome.samples[:] = [
                replace(s, phase="aborted") if s.process == visit.process else s for s in outcome.samples
            ]
            with ExitStack() as stack:
                fresh = stack.enter_context(self._open(visit.process, threads=threads)) if visit.shared else None
                ended = self._attempt(replace(visit, shared=fresh, built=None))
        return False

    def _attempt(self, visit: _Visit) -> _Ended:
        """Sample what is left of one group in one process, until something fails."""
        group, process, shared = self._blame.alive(visit.group), visit.process, visit.shared
        outcome, threads = self._outcome.groups[group.id], group.cell.threads
        if outcome.failed or not (group.candidates or group.alone):
            return _Ended.FOR_GOOD if visit.built and visit.built.failed else _Ended.WELL
        group = replace(group, taxed=()) if outcome.untaxed else group
        with ExitStack() as stack:
            hosts = {
                role: shared or stack.enter_context(self._open(process, threads=threads))
                for role in schedule.build_order(self._settings.seed, process, group.id, group.roles)
            }
            try:
                with rejected_on(group.cell.part):
                    rounds = visit.built.rounds if visit.built else self._rounds(group, process, hosts)
                    built = visit.built.answers() if visit.built else rounds.build(self._outcome.resolution_ns)
                    self._sample(rounds, built, visit.stopping)
                if shared:
                    self._company.check(group, process)
                return _Ended.WELL
            except (RejectedOutput, PerfkitError) as error:
                failed = error
        if shared:
            shared.close()  # hung, or spoilt: it must not run on beside what is tried and sampled next
        return _Ended.WITH_A_CULPRIT if self._attributed(group, process, failed) else _Ended.FOR_GOOD

    def _attributed(self, group: Group, process: int, failed: RejectedOutput | PerfkitError) -> bool:
        """Find out whose fault it is that a group failed, and note it; whether the others can start afresh."""
        outcome = self._outcome.groups[group.id]
        if isinstance(failed, RejectedOutput):
            rejection = failed.rejection
            if schedule.is_flushed(rejection.role):
                outcome.untaxed = True  # by itself it is right: nothing is said of it
            elif not group.candidates:
                outcome.failed = replace(failure_of(rejection), difference=rejection.difference)
                return False
            else:
                self._blame.attribute_failure(group, process, rejection)
            return True
        if not group.candidates:
            outcome.failed = Failure.of_error(failed)
            return False
        self._blame.died(group, process, failed if isinstance(failed, WorkFailed) else WorkFailed(failed.message))
        # where nobody is to blame, another try might end as this one did
        return len(self._blame.alive(group).candidates) < len(group.candidates)

    def _sample(self, rounds: Rounds, built: Sequence[Built], stopping: StoppingRule) -> None:
        """As many rounds as the stopping rule wants of what is `built`, and the last checks."""
        group, process = rounds.group, rounds.process
        outcome = self._outcome.groups[group.id]
        piloted: dict[str, Piloted] = {}
        for answer in built:
            piloted.update(answer.roles)
            self._outcome.warn(*answer.warnings)
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
            self._outcome.warn(*finished.warnings)


def _weights(groups: Sequence[Group], processes: Sequence[int]) -> list[float]:
    """Of each group in each of some processes, in the order in which they are sampled."""
    return [g.weight for g in groups for process in processes if process < g.processes]


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
