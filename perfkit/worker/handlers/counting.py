"""Which seams a workload calls; the counting pass: how often, and which share of its time they take."""

from __future__ import annotations

import statistics
import time
from contextlib import suppress
from dataclasses import dataclass, field

from perfkit import schedule
from perfkit.machine.roofline import rates
from perfkit.protocol.counting import (
    Inspect,
    Inspected,
    LeastCost,
    MachineRates,
    Roofline,
    RooflineFound,
    SeamCount,
    Survey,
    Surveyed,
)
from perfkit.target import Cost
from perfkit.worker.declared import cost_of, throughput_of, tradeoffs_of
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.inputs.recorder import SeamRecorder
from perfkit.worker.proof.prove import call_once
from perfkit.worker.proof.variant import seams_called
from perfkit.worker.side_effects import acquaint
from perfkit.worker.source import Source
from perfkit.worker.state.leftovers import busy_after
from perfkit.worker.stateful import prepare_touches
from perfkit.worker.subject import MacroSubject

__all__ = ["Counting"]


@dataclass(slots=True)
class _Clocked:
    """Some passes of a workload with its seams wrapped; `shares` has a seam's share of each pass."""

    recorder: SeamRecorder
    passes: int
    call_ns: float
    shares: dict[str, list[float]] = field(default_factory=dict)


class Counting:
    """Counts the seams of one target."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def handlers(self) -> Handlers:
        """What it answers."""
        return {Survey: self.survey, Inspect: self.inspect, Roofline: self.roofline}

    def survey(self, request: Survey) -> Surveyed:
        """Which seams the baseline calls on each workload."""
        called: dict[str, tuple[str, ...]] = {}
        taken_ns: dict[str, int] = {}
        for workload in request.workloads:
            with suppress(Rejected), blaming(schedule.BASELINE):  # each proof there will fail alike, and say it
                acquaint(self._source, workload)
                start = time.perf_counter_ns()
                seams = seams_called(self._source, workload, self._source.proof_size(workload), ())
                called[workload], taken_ns[workload] = tuple(sorted(seams)), time.perf_counter_ns() - start
        return Surveyed(called=called, taken_ns=taken_ns)

    def inspect(self, request: Inspect) -> Inspected:
        """Count and clock the seams of one variant over a few calls of a workload, each with every seam wrapped."""
        acquaint(self._source, request.workload)
        with blaming(request.role):
            clocked, seams = self._counted(request)
            stateful = self._touches(request.workload) if request.declared else None
            return Inspected(
                call_ns=clocked.call_ns,
                passes=clocked.passes,
                seams=seams,
                busy=busy_after(),
                stateful=stateful,
                awkward=self._source.workload(request.workload).awkward is not None,
                on_device=self._source.timer.device is not None,
            )

    def roofline(self, request: Roofline) -> RooflineFound:
        """How fast this machine is at best, and the least that calls of some workloads must do."""
        costs = {name: self._cost(name, size) for name, size in request.sizes.items()}
        least = {name: LeastCost(cost.operations, cost.read) for name, cost in costs.items() if cost is not None}
        if not least:
            return RooflineFound(rates=None, costs={})
        found = rates()
        return RooflineFound(rates=MachineRates(found.operations, found.read), costs=least)

    def _counted(self, request: Inspect) -> tuple[_Clocked, dict[str, SeamCount]]:
        described, subject = self._source.recorded(request.workload, request.size, request.recipes, describe=True)
        in_build = {name: seen.calls for name, seen in described.seen.items()}
        self._timed_calls(subject, range(1))  # the first call of a process also pays for what it loads
        if request.declared:
            self._check_declared(request.workload, subject)
        described.reset()
        clocked = _Clocked(described, 1, float(max(1, self._timed_calls(subject, range(1, 2)))))
        subject.close()
        if clocked.call_ns < request.enough_ns:
            clocked = self._several_passes(request, clocked.call_ns)
        return clocked, {name: self._count(name, clocked, described, in_build[name]) for name in described.seen}

    def _touches(self, workload: str) -> bool:
        """Whether preparing an input touches the instance; tried at the small size of a proof."""
        source, size = self._source, self._source.proof_size(workload)
        return prepare_touches(source.workload(workload), lambda: source.macro(workload, size, []), source.seed)

    def _check_declared(self, workload: str, subject: MacroSubject) -> None:
        """Raise CatalogError where throughput, tradeoffs or cost of a workload are no numbers."""
        described = self._source.workload(workload)
        throughput_of(described, subject.shared)
        cost_of(described, subject.shared)
        if described.tradeoffs is not None:
            data = subject.data(schedule.stream(self._source.seed, "declared"))
            _, seen = call_once(subject, data, "the tradeoffs of a call")
            tradeoffs_of(described, data, seen)

    def _cost(self, workload: str, size: str) -> Cost | None:
        """The least that one call of a workload must do, when the target says so."""
        described = self._source.workload(workload)
        return cost_of(described, self._source.shared(workload, size)) if described.cost is not None else None

    def _several_passes(self, request: Inspect, call_ns: float) -> _Clocked:
        """More passes, by a recorder that only clocks; each beside a bare call."""
        what = request.workload, request.size, request.recipes
        recorder, subject = self._source.recorded(*what, describe=False)
        bare = self._source.macro(*what)
        for warm in (bare, subject):
            self._timed_calls(warm, range(1))
        recorder.reset()
        passes = int(max(1, min(request.calls, request.enough_ns // call_ns)))
        shares: dict[str, list[float]] = {name: [] for name in recorder.seen}
        bare_ns = 0
        for number in range(1, passes + 1):
            before = {name: seen.total_ns for name, seen in recorder.seen.items()}
            self._timed_calls(subject, range(number, number + 1))
            # shares are of a bare call: the wrappers' own cost must not dilute them
            one_ns = self._timed_calls(bare, range(number, number + 1))
            bare_ns += one_ns
            for name, seen in recorder.seen.items():
                shares[name].append((seen.total_ns - before[name]) / max(1, one_ns))
        subject.close()
        bare.close()
        return _Clocked(recorder, passes, max(1, bare_ns) / passes, shares)

    def _count(self, name: str, clocked: _Clocked, described: SeamRecorder, in_build: int) -> SeamCount:
        seen, spec = clocked.recorder.seen[name], self._source.choice(described, name)
        shares = clocked.shares.get(name, [])
        return SeamCount(
            calls=seen.calls,
            in_build=in_build,
            inclusive=seen.total_ns / clocked.passes / clocked.call_ns,
            error=statistics.stdev(shares) / len(shares) ** 0.5 if len(shares) > 1 else None,
            concurrent=seen.concurrent,
            obstacle=spec.obstacle if spec else "",
            shapes=spec.describe() if spec else "",
            recorded=spec.recorded_kinds if spec else "",
        )

    def _timed_calls(self, subject: MacroSubject, calls: range) -> int:
        def work() -> int:
            arguments = [subject.prepare(subject.data(schedule.stream(self._source.seed, "inspect", c))) for c in calls]
            return self._source.timer.time_calls(subject.invoke, arguments, star=subject.star)[0]

        elapsed_ns: int = user_code("counting pass", work)
        return elapsed_ns
