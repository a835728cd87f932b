"""Rounds: one sample of every role, in the order the plan gives, and the check of what came out."""

from __future__ import annotations

import gc
import itertools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from perfkit import schedule
from perfkit.equivalence import exact
from perfkit.machine.float_mode import flushing
from perfkit.protocol.measuring import RoundSample
from perfkit.tree import copy
from perfkit.worker.device.floor import check_floor
from perfkit.worker.device.settling import until_level
from perfkit.worker.guard import blaming, user_code
from perfkit.worker.number_health import scan
from perfkit.worker.proof.call import answer, compare_inputs, compared, kept_result
from perfkit.worker.role_state import RoleState
from perfkit.worker.state import random_state
from perfkit.worker.subject import input_bytes
from perfkit.worker.timer import Timer, at_depth, collecting

__all__ = ["RoleState", "Sampler"]

_INPUT_BYTES = 64 * 2**20  # prepared inputs of one sample
_PREPARE_NS = 500_000_000  # how long preparing one sample may take
_DEPTHS = 160  # frames of `at_depth` that fill a chunk of the interpreter's stack, and a little more
_TAIL_CALLS, _TAIL_NS = 400, 10_000_000  # single calls of a role in a process, at most
_COUNTED = schedule.BASELINE, schedule.CONTROL  # whose usual call was clocked when it was counted
_ONE_SUFFICES = 4  # times as long as a sample must last: then a usual call is a sample, and a pilot chooses nothing
_MAX_LOOPS = 20_000  # arguments are Python objects too: preparing more costs longer than it measures


def _pass_over(argument: Any, output: Any) -> None:
    """Of a call that is not looked at."""


@dataclass(slots=True)
class Sampler:
    """Takes the samples of one group in one process. `states` by role; `reference` answers what is right."""

    group: str
    seed: int
    process: int
    states: dict[str, RoleState]
    reference: RoleState
    timer: Timer
    target_ns: int
    one_at_a_time: bool = False  # preparing an input touches the instance: it comes just before its call
    swept: bool = False  # what a call reads is in no cache before it
    collects: bool = False  # garbage is collected while calls are timed, as in a program
    usual_ns: float = 0.0  # of a call of the baseline; 0: not known
    floor_ns: float = 0.0  # below which no call can be, where that is known
    _expected: dict[int, tuple[Any, Any]] = field(default_factory=dict)  # what is seen, and the input afterwards

    def pilot(self, role: str) -> None:
        """Warm up, compare the first call, and choose how many calls make a sample of `target_ns`."""
        state = self.states[role]
        elapsed_ns, _ = self._timed(state, self._streams(1, "warm-up"), "warm-up")
        self._check(state, "warm-up")
        state.natural = self._flags(state)
        if role in _COUNTED and self.usual_ns >= _ONE_SUFFICES * self.target_ns:
            state.call_ns = self.usual_ns
            return
        if elapsed_ns >= schedule.SLOW_CALL_NS > self.usual_ns > 0:
            # it has compiled or loaded something, which says nothing of how many calls make a sample
            elapsed_ns, _ = self._timed(state, self._streams(1, "warmed-up"), "warm-up")
        if elapsed_ns < schedule.SLOW_CALL_NS:
            size = max(1, input_bytes(state.last_data))
            each_ns = max(1, state.around_ns, state.fresh_ns)
            most = max(1, min(_MAX_LOOPS, _INPUT_BYTES // size, _PREPARE_NS // each_ns))
            while True:
                streams = self._streams(state.loops, "pilot", state.loops)
                elapsed_ns, _ = self._timed(state, streams, "pilot")
                if elapsed_ns >= self.target_ns or state.loops >= most:
                    break
                grow = 1.1 * self.target_ns / max(elapsed_ns, 1)
                state.loops = min(most, math.ceil(state.loops * min(max(grow, 1.3), 10)))
        state.call_ns = elapsed_ns / state.loops

    def settle(self, role: str) -> None:
        """Call until what is compiled and tuned at first calls has been."""
        state = self.states[role]
        until_level(lambda number: self._timed(state, self._streams(1, "settling", number), "warm-up")[0])

    def round(self, number: int, order: Sequence[str]) -> list[RoundSample]:
        """Sample every role of `order`; compare the outputs when the plan says so. Raises Rejected."""
        self._expected.clear()
        gc.collect()
        checked = schedule.checked(self.seed, self.process, self.group, number)
        samples = []
        for position, role in enumerate(order):
            with blaming(role):
                samples.append(self._sample(self.states[role], number, position, checked=checked))
        if checked:
            for role in order:
                with blaming(role):
                    self._check(self.states[role], f"round {number}, after the clock")
        return samples

    def finish(self) -> None:
        """Compare the last sample of every role, and results kept from earlier, with what they must be."""
        for role, state in self.states.items():
            with blaming(role):
                self._check(state, "last round, after the clock")
                if state.kept_copy is not None:
                    during = "a result kept since the first round, overwritten by now"
                    compared(state.kept_copy, state.kept, exact(), during, "kept result")

    def tail(self, role: str) -> list[int]:
        """Nanoseconds of some single calls of a role: what its samples, means of several calls, cannot show.

        Empty where a sample is one call already: the samples then show it.
        """
        state = self.states[role]
        if state.loops == 1:
            return []
        each_ns = state.call_ns + max(state.around_ns / state.loops, state.fresh_ns)  # with its preparing
        calls = int(max(1, min(_TAIL_CALLS, _TAIL_NS / max(1.0, each_ns))))
        subject, during = state.subject, "single calls, after the last round"

        def work() -> list[int]:
            found: list[int] = []
            state.calls += calls + 1
            self.timer.begin(role)
            data = [subject.data(stream) for stream in self._streams(calls + 1, "tail")]
            for batch in [[one] for one in data] if self.one_at_a_time else [data]:
                ready = subject.prepare_all(batch)
                if self.swept:  # each is a batch of its own then
                    self.timer.cool()
                with subject.around(), flushing(state.flush), collecting(wanted=self.collects):
                    found += self.timer.time_each(subject.invoke, ready, star=subject.star)
            return found[1:]  # preparing had cooled the caches for the first

        with blaming(role):
            taken: list[int] = user_code(during, work)
        return taken

    def _sample(self, state: RoleState, number: int, position: int, *, checked: bool) -> RoundSample:
        during = f"round {number}"
        flags: list[str] = []
        usual = state.loops
        for attempt in itertools.count():
            spare = (
                self._streams(1, "throw-away", number, attempt) if state.call_ns < schedule.SLOW_CALL_NS else range(0)
            )
            streams = self._streams(state.loops, "round", number, attempt)
            # which call is compared nobody can tell while it runs: any of a checked sample, or the last one of all
            looked_at = schedule.stream(self.seed, self.process, self.group, "looked at", number) if checked else -1
            elapsed_ns, output = self._timed(state, streams, during, spare, looked_at % state.loops)
            check_floor(elapsed_ns / state.loops, self.floor_ns, during)
            unhealthy = [f for f in self._flags(state) if f not in state.natural]
            if not unhealthy or state.loops == 1:
                break
            flags = [*unhealthy, "repeated"]
            state.loops = max(1, state.loops // 2)
        for name, (one, other) in state.subject.ratios(state.last_data, state.last_seen).items():
            before = state.ratios.get(name, (0.0, 0.0))
            state.ratios[name] = (before[0] + one, before[1] + other)
        if state.kept is None:
            state.kept, state.kept_copy = kept_result(*output, during)
        flags.extend(f for f in unhealthy if f not in flags)
        taken, state.loops = state.loops, usual  # fewer loops were for this sample alone
        return RoundSample(role=state.role, position=position, loops=taken, elapsed_ns=elapsed_ns, flags=tuple(flags))

    def _timed(
        self, state: RoleState, streams: range, during: str, spare: range = range(0), looked_at: int | None = None
    ) -> tuple[int, tuple[Any, Any]]:
        """Time the calls of `streams`. Those of `spare` come just before, untimed: preparing has cooled the caches.

        What one call gave is looked at right after it, off the clock: by default the last. Answers the nanoseconds, and
        the raw output and observation of that call.
        """
        subject = state.subject
        depth = streams[0] % _DEPTHS
        at = len(streams) - 1 if looked_at is None else looked_at

        def look(argument: Any, output: Any) -> Any:
            seen = subject.observe(argument, output)
            state.last_seen = copy(seen)
            return output, seen

        def work() -> tuple[int, tuple[Any, Any]]:
            start, state.end_flags = time.perf_counter_ns(), ()
            result: tuple[Any, Any] = None, None
            self.timer.begin(state.role)
            unused = [subject.data(stream) for stream in spare]
            # on a device an input is made just before its call: there is none to be done ahead
            late = self.one_at_a_time and self.timer.device is not None
            data = [] if late else [subject.data(stream) for stream in streams]

            def end(argument: Any, output: Any) -> None:
                # what decays has decayed most by the last call, whichever is looked at
                state.end_flags = (*scan(data[-1]).flags, *scan(subject.observe(argument, output)).flags)

            if self.one_at_a_time:
                for one in unused:
                    self._calls(state, [], [one], 0, depth, _pass_over)
                elapsed_ns = 0
                for number, stream in enumerate(streams):
                    data += [subject.data(stream)] if late else []
                    random_state.set_if_drawn(stream)
                    then = look if number == at else end if number == len(streams) - 1 else _pass_over
                    one_ns, looked = self._calls(state, [], [data[number]], 0, depth, then)
                    elapsed_ns += one_ns
                    result = looked if number == at else result
            else:
                elapsed_ns, result = self._calls(state, unused, data, at, depth, look, end)
            state.last_stream, state.last_data = streams[at], data[at]
            state.calls += len(spare) + len(streams)
            state.around_ns = time.perf_counter_ns() - start - elapsed_ns
            return elapsed_ns, result

        taken: tuple[int, tuple[Any, Any]] = user_code(during, work, often=True)
        return taken

    def _calls(
        self,
        state: RoleState,
        unused: Sequence[Any],
        data: Sequence[Any],
        at: int,
        depth: int,
        look: Callable[[Any, Any], Any],
        end: Callable[[Any, Any], None] = _pass_over,
    ) -> tuple[int, Any]:
        """Prepare all, call for `unused`, and time the calls for `data` in two stretches, the first up to call `at`.

        Answers the nanoseconds, and what `look` makes of that call's argument and output. `end`: told of the last.
        """
        subject = state.subject
        before = subject.prepare_all(unused)
        arguments = subject.prepare_all(data)
        first, rest = arguments[: at + 1], arguments[at + 1 :]

        def stretches() -> tuple[int, Any]:
            elapsed_ns, output = self.timer.time_calls(subject.invoke, first, star=subject.star)
            looked = look(first[-1], output)
            if rest:
                rest_ns, output = self.timer.time_calls(subject.invoke, rest, star=subject.star)
                elapsed_ns += rest_ns
                end(rest[-1], output)
            return elapsed_ns, looked

        if self.swept:
            self.timer.cool()
        with subject.around(), flushing(state.flush), collecting(wanted=self.collects):
            self.timer.time_calls(subject.invoke, before, star=subject.star)
            taken: tuple[int, Any] = at_depth(depth, stretches)
        return taken

    def _flags(self, state: RoleState) -> tuple[str, ...]:
        """What is wrong with the numbers of the call that was looked at and of the last: what they gave, and wrote."""
        return tuple(dict.fromkeys((*scan(state.last_data).flags, *scan(state.last_seen).flags, *state.end_flags)))

    def _check(self, state: RoleState, during: str) -> None:
        stream = state.last_stream
        if stream is None:
            return
        seen, after = self._right(stream)
        compared(seen, state.last_seen, state.rule, during)
        subject = state.subject
        compare_inputs(
            after,
            subject.untouched(state.last_data),
            lambda: subject.untouched(subject.data(stream)),
            state.rule,
            during,
        )
        state.checked_calls += 1

    def _right(self, stream: int) -> tuple[Any, Any]:
        """What must be seen after a call, and what its input must be then."""
        if stream not in self._expected:
            known = self.reference
            if known.last_stream == stream:  # the baseline has just answered the same input, on the clock
                self._expected[stream] = known.last_seen, known.subject.untouched(known.last_data)
            else:
                with blaming(schedule.BASELINE):
                    right = answer(known.subject, lambda subject: subject.data(stream), "reference call", stream)
                    known.calls += 1
                self._expected[stream] = copy(right.seen), right.after
        return self._expected[stream]

    def _streams(self, loops: int, *key: object) -> range:
        """One input seed for each call of a walk; the same in every role, up to its number of calls."""
        first = schedule.stream(self.seed, self.process, self.group, *key)
        return range(first, first + loops)
