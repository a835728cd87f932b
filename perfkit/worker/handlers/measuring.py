"""The rounds of one group."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from functools import partial

from perfkit import schedule
from perfkit.errors import PerfkitError
from perfkit.protocol.measuring import Build, Built, Finish, Finished, Piloted, Replayed, Round, RoundTaken
from perfkit.worker.cold import ColdCalls
from perfkit.worker.guard import blaming, user_code
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.inputs.recording import Recording
from perfkit.worker.sampler import RoleState, Sampler
from perfkit.worker.side_effects import acquaint, check_modules, check_target
from perfkit.worker.source import Source
from perfkit.worker.state import random_state
from perfkit.worker.stateful import drives_singly
from perfkit.worker.subject import ColdSeamSubject, MacroSubject, Subject, input_bytes

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

    def handlers(self) -> Handlers:
        """What it answers."""
        return {Build: self.build, Round: self.round, Finish: self.finish}

    def build(self, request: Build) -> Built:
        """Build the instances of one group, warm them up, and choose the loops. Answers per role."""
        gc.collect()  # what the last group left, before there are more weights
        micro = request.cell.kind == "micro"
        if request.cell.state == "cold" and not micro:
            return self._build_cold(request)
        acquaint(self._source, request.cell.workload)
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
            one_at_a_time=random_state.draws() or singly,
        )
        gc.freeze()
        gc.disable()
        self._source.shared_state.begin()
        for role in states:
            with blaming(role):
                sampler.pilot(role)
        piloted = {role: self._piloted(state, ready_ns[role]) for role, state in states.items()}
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
            recorded=Replayed(recording.repeated, recording.replayed) if recording is not None else None,
        )

    def _built(self, request: Build) -> tuple[dict[str, RoleState], dict[str, int]]:
        """The instances by role, with one that answers what is right where the baseline is no role here; and the
        nanoseconds that building each took."""
        states: dict[str, RoleState] = {}
        ready_ns: dict[str, int] = {}
        on = request.cell.on
        for role in [*request.roles, *([] if schedule.BASELINE in request.roles else [_REFERENCE])]:
            recipes = request.variants.get(role, on)
            start = time.perf_counter_ns()
            with blaming(schedule.BASELINE if role == _REFERENCE else role):
                subject = self._subject(request, recipes)
            ready_ns[role] = time.perf_counter_ns() - start
            rule = self._source.rule([r for r in recipes if r not in on], seam=request.cell.kind == "micro")
            states[role] = RoleState(role=role, subject=subject, rule=rule)
        return states, ready_ns

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
