"""What a baseline calls: how often each of its seams, which share of the time that takes, and the least it must do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TypeVar

import msgspec

from perfkit import schedule
from perfkit.errors import WorkFailed
from perfkit.protocol.counting import Inspect, Inspected, Roofline, Survey
from perfkit.protocol.record import Record, Request
from perfkit.session.blame import noting_failure
from perfkit.session.open_worker import OpenWorker
from perfkit.session.outcome import Outcome
from perfkit.session.proof_workers import ProofWorkers
from perfkit.session.worker_process import RejectedOutput, WorkerHandle

__all__ = ["Place", "SeamCounter"]

A = TypeVar("A", bound=Record)

_MOST_CALLS = 200
_ENOUGH_NS = 100_000_000  # the counting pass clocks calls for this long; one longer call must do

Place = tuple[str, str, tuple[str, ...]]  # workload, size, recipes already on


class SeamCounter:
    """Counts and clocks the seams of baselines; what it finds is noted in the outcome."""

    def __init__(
        self,
        outcome: Outcome,
        open_worker: OpenWorker,
        report: Callable[[str, float], None],
        proof_workers: ProofWorkers,
    ) -> None:
        """`report` hears what is being done; `proof_workers` may be opening meanwhile."""
        self._outcome, self._open, self._report, self._proof_workers = outcome, open_worker, report, proof_workers

    def survey(self, workloads: Sequence[str], worker: WorkerHandle | None = None) -> None:
        """Note which seams each workload calls; `worker`: one that is open already."""
        self._report("looking which seams each workload calls", 0.0)
        with nullcontext(worker) if worker is not None else self._open(0) as worker:
            surveyed = _asked(worker, Survey(workloads=tuple(workloads)), about="which seams each workload calls")
        self._outcome.taken_ns.update(surveyed.taken_ns)
        self._outcome.called.update({name: frozenset(seams) for name, seams in surveyed.called.items()})

    def inspect(self, worker: WorkerHandle, workload: str, size: str, recipes: Sequence[str]) -> Inspected:
        """Calls and shares of every seam of one variant on one workload; remembered."""
        key = (workload, tuple(recipes))
        if key not in self._outcome.seams:
            self._report(f"counting the seams of {workload}", 0.0)
            self._proof_workers.wait()  # nothing else runs while calls are clocked
            request = Inspect(
                role=schedule.BASELINE,
                workload=workload,
                size=size,
                recipes=tuple(recipes),
                calls=_MOST_CALLS,
                enough_ns=_ENOUGH_NS,
                declared=workload not in self._outcome.stateful,
            )
            inspected = self._outcome.seams[key] = _asked(worker, request, about=workload)
            if inspected.stateful is not None:
                self._outcome.stateful[workload] = inspected.stateful
        return self._outcome.seams[key]

    def inspect_below(self, worker: WorkerHandle, place: Place, key: tuple[str, ...]) -> bool:
        """As `inspect`, of the recipes below the candidate `key`; whether the worker is fit for others afterwards.
        Where recipes below it fail it is not, and the candidate has failed; where the plain baseline does, all has."""
        workload, size, on = place
        if not on:
            self.inspect(worker, workload, size, on)
            return True
        with noting_failure(self._outcome, key):
            self.inspect(worker, workload, size, on)
            return True
        return False

    def roofline(self, sizes: Mapping[str, str]) -> None:
        """Note how fast this machine is at best, and the least that calls of these workloads (name: size) must do."""
        with self._open(0) as worker:
            found = _asked(worker, Roofline(sizes=dict(sizes)), about="the limits of this machine")
        costs = {name: msgspec.structs.asdict(cost) for name, cost in found.costs.items()}
        rates = msgspec.structs.asdict(found.rates) if found.rates is not None else {}
        self._outcome.note_environment({"limits": {"rates": rates, "costs": costs}})


def _asked(worker: WorkerHandle, request: Request[A], *, about: str) -> A:
    """As `worker.ask`, where nothing but the baseline runs: what it raises ends the session."""
    try:
        return worker.ask(request, about=about)
    except RejectedOutput as rejected:
        said = rejected.rejection
        raise WorkFailed(f"{about}, {said.text}", reason=said.reason or "difference", role=said.role) from None
