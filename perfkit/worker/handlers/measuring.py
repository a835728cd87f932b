"""The rounds of one group."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from functools import partial

from msgspec import structs

from perfkit import schedule
from perfkit.equivalence import unproven
from perfkit.errors import PerfkitError
from perfkit.machine.float_mode import flushing, thread_count
from perfkit.protocol.measuring import Build, Built, DataSeen, Finish, Finished, Piloted, Replayed, Round, RoundTaken
from perfkit.worker.cold import ColdCalls
from perfkit.worker.data_seen import data_seen, in_words
from perfkit.worker.declared import cost_of
from perfkit.worker.device.floor import floor_ns
from perfkit.worker.device.throttling import throttling
from perfkit.worker.guard import blaming, user_code
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.inputs.recording import OpsSlot, Recording
from perfkit.worker.sampler import RoleState, Sampler
from perfkit.worker.side_effects import acquaint, check_modules, check_target
from perfkit.worker.source import Source
from perfkit.worker.state import process_state, random_state
from perfkit.worker.stateful import drives_singly
from perfkit.worker.subject import ColdSeamSubject, MacroSubject, SeamSubject, Subject, input_bytes

__all__ = ["Measuring", "sample_ns"]

# Disturbances of a shared machine come in spells of some milliseconds: the shorter the samples of a round, the
# likelier all of them see the same. Far above the clock's resolution still.
_MIN_SAMPLE_NS = 250_000
_FIRST_CALLS, _STOCK_S = 32, 0.5  # recorded calls that wait for a group, and how long recording those of a round takes
_ATTEMPTS = 32  # more streams than those: a sample that is taken again halves its calls each time
_REFERENCE = "reference"


def sample_ns(resolution_ns: int) -> int:
    """How long a sample is to last at least: a thousand steps of the clock, and a quarter of a millisecond."""
    return max(_MIN_SAMPLE_NS, 1000 * resolution_ns)


class Measuring:
    """Builds the instances of one group after the other, and samples them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._sampler: Sampler | ColdCalls | None = None
        self._frozen = gc.get_freeze_count() > 0  # by the process itself: that stays so
        self._recording: Recording | None = None  # of the group that is measured
        self._measured = False  # whether there was a group before

    def handlers(self) -> Handlers:
        """What it answers."""
        return {Build: self.build, Round: self.round, Finish: self.finish}

    def build(self, request: Build) -> Built:
        """Build the instances of one group, warm them up, and choose the loops. Answers per role."""
        if self._measured:
            gc.collect()  # what the last group left, before there are more weights
        self._measured = True
        micro = request.cell.kind == "micro"
        if request.cell.state == "cold" and not micro:
            if self._source.timer.device is not None:
                raise PerfkitError(
                    "first calls are measured in forks of a process, in which CUDA cannot be used",
                    hint="make each input anew, without --recurring",
                )
            return self._build_cold(request)
        acquaint(self._source, request.cell.workload)
        if micro and request.seams:
            cell = request.cell
            self._source.record_together(cell.workload, cell.point, request.seams, cell.on)
        self._recording = self._spec(request).recording if micro else None
        self._stock(_FIRST_CALLS, keep=sys.maxsize)  # until all roles have been piloted
        states, ready_ns = self._built(request)
        reference = states.pop(_REFERENCE) if _REFERENCE in states else states[schedule.BASELINE]
        for state in states.values():
            state.fresh_ns = self._recording.fresh_ns if self._recording is not None else 0
        singly = not micro and drives_singly(self._source.workload(request.cell.workload), known=request.stateful)
        sampler = self._sampler = Sampler(
            group=request.group,
            seed=self._source.seed,
            process=self._source.process,
            states=states,
            reference=reference,
            timer=self._source.timer,
            target_ns=sample_ns(request.resolution_ns),
            one_at_a_time=random_state.draws() or singly or request.swept or self._source.timer.device is not None,
            swept=request.swept,
            collects=request.collects,
            usual_ns=request.usual_ns,
        )
        gc.freeze()
        gc.disable()
        self._source.shared_state.begin()
        for role in states if self._source.timer.device is not None else ():
            with blaming(role):
                sampler.settle(role)  # of all roles, before any is measured
        running = 1
        for role in states:
            running = max(running, thread_count()) if not states[role].flush else running
            with blaming(role):
                sampler.pilot(role)
        sampler.floor_ns = self._floor_ns(request, next(iter(states.values())))
        piloted = {role: self._piloted(state, ready_ns[role]) for role, state in states.items()}
        for role in filter(schedule.is_flushed, piloted):
            piloted[role] = structs.replace(piloted[role], unreached=running - 1)
        if request.describe and schedule.BASELINE in piloted and self._source.process == 0:
            seen = self._seen(request, states[schedule.BASELINE])
            piloted[schedule.BASELINE] = structs.replace(piloted[schedule.BASELINE], data=seen)
        return Built(roles=piloted, warnings=tuple(self._source.warnings))

    def _build_cold(self, request: Build) -> Built:
        """As `build`, where no role may have been called before."""
        states, ready_ns = self._built(request)
        reference = states.pop(_REFERENCE) if _REFERENCE in states else states[schedule.BASELINE]
        source = self._source
        self._sampler = ColdCalls(
            request.group, source.seed, source.process, states, reference=reference, timer=source.timer
        )
        self._recording = None
        gc.freeze()
        gc.disable()
        source.shared_state.begin()
        for role in states:
            with blaming(role):
                self._sampler.pilot(role)
        piloted = {role: self._piloted(state, ready_ns[role]) for role, state in states.items()}
        return Built(roles=piloted, warnings=tuple(source.warnings))

    def round(self, request: Round) -> RoundTaken:
        """One round, with the loops that the parent chose; answers its samples."""
        sampler = self._sampling()
        for role, loops in request.loops.items():
            if role in sampler.states:
                sampler.states[role].loops = loops
        calls = 1 + max(state.loops for state in sampler.states.values())
        self._stock(calls, keep=2 * calls + _ATTEMPTS)
        samples = sampler.round(request.round, request.order)
        check_target(self._source, f"round {request.round}, after the clock")
        return RoundTaken(samples=tuple(samples))

    def finish(self, request: Finish) -> Finished:
        """The last checks of a group; lets its instances go."""
        sampler = self._sampling()
        sampler.finish()
        tails_ns = {role: tuple(sampler.tail(role)) for role in sampler.states}
        for state in {id(state): state for state in (*sampler.states.values(), sampler.reference)}.values():
            state.subject.close()
        self._sampler = None
        check_modules(self._source)
        gc.enable()
        if not self._frozen:
            gc.unfreeze()
        recording = self._recording
        return Finished(
            checked_calls={role: state.checked_calls for role, state in sampler.states.items()},
            calls={  # where each call has a table of its own, no instance is called twice
                role: 1 if isinstance(state.subject, ColdSeamSubject) else state.calls
                for role, state in sampler.states.items()
            },
            ratios={role: state.ratios for role, state in sampler.states.items() if state.ratios},
            tails_ns=tails_ns,
            changed=process_state.allowed(),
            recorded=Replayed(recording.repeated, recording.replayed) if recording is not None else None,
            warnings=throttling(self._source.timer.device),
        )

    def _built(self, request: Build) -> tuple[dict[str, RoleState], dict[str, int]]:
        """The instances by role, with one that answers what is right where the baseline is no role here; and the
        nanoseconds that building each took."""
        states: dict[str, RoleState] = {}
        ready_ns: dict[str, int] = {}
        on = request.cell.on
        roles = [*request.roles, *([] if schedule.BASELINE in request.roles else [_REFERENCE])]
        for role in sorted(roles, key=schedule.is_flushed):  # what they start flushes too: so they are last
            recipes, flush = request.variants.get(role, on), schedule.is_flushed(role)
            start = time.perf_counter_ns()
            with blaming(schedule.BASELINE if role == _REFERENCE else role), flushing(flush):
                subject = self._subject(request, recipes)
            ready_ns[role] = time.perf_counter_ns() - start
            rule = self._source.rule([r for r in recipes if r not in on], seam=request.cell.kind == "micro")
            states[role] = RoleState(role=role, subject=subject, rule=unproven() if flush else rule, flush=flush)
        return states, ready_ns

    def _floor_ns(self, request: Build, state: RoleState) -> float:
        """What a call takes at least on the device, where it has one and the target says what a call must do."""
        source, cell, subject = self._source, request.cell, state.subject
        if source.timer.device is None:
            return 0.0
        if isinstance(subject, SeamSubject):
            cost = source.least(cell.seam or "", SeamSubject.prepare(subject, state.last_data))
        else:
            cost = cost_of(source.workload(cell.workload), source.shared(cell.workload, cell.point))
        return floor_ns(cost, source.timer.device.rates()) if cost is not None else 0.0

    def _piloted(self, state: RoleState, ready_ns: int) -> Piloted:
        subject, units = state.subject, None
        if isinstance(subject, MacroSubject):
            units = user_code("counting the work", partial(getattr, subject, "units"))
        return Piloted(
            loops=state.loops,
            call_ns=state.call_ns,
            natural=state.natural,
            ready_ns=ready_ns,
            draws=self._recording is not None or input_bytes(state.last_data) > 0,
            build_ns=subject.build_ns if isinstance(subject, ColdSeamSubject) else None,
            units=units,
        )

    def _seen(self, request: Build, state: RoleState) -> DataSeen:
        """What the last call of the pilot was given and gave, and the least that it must do."""
        cell, subject = request.cell, state.subject
        if not isinstance(subject, SeamSubject):
            return data_seen(state.last_data, state.last_seen, None)
        given = SeamSubject.prepare(subject, state.last_data)
        cost = self._source.least(cell.seam or "", given)
        words = self._spec(request).describe()
        own = [value for value, part in zip(given, subject.spec.parts, strict=True) if not isinstance(part, OpsSlot)]
        return data_seen(state.last_data, state.last_seen, cost, words or in_words(own))

    def _sampling(self) -> Sampler | ColdCalls:
        if self._sampler is None:
            raise PerfkitError("the worker was asked for a round before it built a group")
        return self._sampler

    def _stock(self, calls: int, *, keep: int) -> None:
        """Record what the next samples need, before any of them: it would cool the caches of whoever comes next."""
        if self._recording is not None:
            self._recording.keep(keep)
            self._recording.stock(calls, _STOCK_S)

    def _spec(self, request: Build) -> ArgumentSpec:
        cell = request.cell
        return self._source.spec(cell.workload, cell.point, cell.seam or "", cell.on)

    def _subject(self, request: Build, recipes: Sequence[str]) -> Subject:
        cell = request.cell
        if cell.kind != "micro":
            return self._source.macro(cell.workload, cell.point, recipes)
        make = self._source.cold_seam if cell.state == "cold" else self._source.seam
        return make(cell.seam or "", recipes, self._spec(request))
