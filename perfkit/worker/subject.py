"""One role's instance of what is measured: a whole workload, or one seam alone.

The engine sees only this: fresh arguments, a function to call, and what must be right afterwards.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np

from perfkit.target import Seam, Workload
from perfkit.tree import bytes_of
from perfkit.worker.declared import throughput_of, tradeoffs_of
from perfkit.worker.inputs.arguments import ArgumentSpec, RandomArray
from perfkit.worker.inputs.recording import OpsSlot, Shared
from perfkit.worker.lazy.consume import Consumer, Lateness

__all__ = ["CallSubject", "ColdSeamSubject", "MacroSubject", "SeamSubject", "Subject", "input_bytes"]


class Subject(Protocol):
    """What the engine drives. `star`: the prepared argument is a tuple of positional arguments."""

    star: bool

    @property
    def invoke(self) -> Callable[..., Any]:
        """The function to call, asked for anew before every walk."""

    def data(self, stream: int) -> Any:
        """A fresh input; equal streams give byte-equal ones."""

    def prepare(self, data: Any) -> Any:
        """The argument of one call, made outside the clock."""

    def prepare_all(self, data: Sequence[Any]) -> list[Any]:
        """Those of several calls."""

    def observe(self, argument: Any, output: Any) -> Any:
        """All that must be right after a call."""

    def untouched(self, data: Any) -> Any:
        """What of the input must be after a call as it was before."""

    def ratios(self, data: Any, seen: Any) -> Mapping[str, tuple[float, float]]:
        """What else than time a call takes or gives, by name, as two amounts."""

    def around(self) -> AbstractContextManager[Any]:
        """What calls of the real program stand in."""

    def close(self) -> None:
        """Let go of threads and files."""


class MacroSubject:
    """A workload on an instance of its own."""

    star = False

    def __init__(self, workload: Workload, ops: Any, shared: Any, lateness: Lateness | None = None) -> None:
        """`lateness`: one for all roles of a process."""
        self.workload = workload
        self.ops = ops
        self.shared = shared
        self.instance = workload.build(ops, shared)
        self._function = workload.call(self.instance)
        self._consumer = Consumer(self._function, lateness or Lateness(), everything=not workload.observes)
        self.once = self._consumer.once

    @property
    def invoke(self) -> Callable[..., Any]:
        """The workload's call, with what it gives consumed."""
        return self._consumer.timed

    def is_seam(self, name: str) -> bool:
        """Whether the workload's call is that seam itself."""
        return getattr(self.ops, name, None) is self._function

    @property
    def lateness(self) -> Lateness:
        """What its calls give that is not there when they return, as far as it is known."""
        return self._consumer.known

    def without_looking(self) -> Callable[..., Any]:
        """As `invoke`, where what calls give is known from elsewhere, with all set up that a call needs to wait."""
        return self._consumer.ready()

    def data(self, stream: int) -> Any:
        """As the workload draws it."""
        return self.workload.data(self.shared, np.random.default_rng(stream))

    def prepare(self, data: Any) -> Any:
        """As the workload makes it, on this role's instance."""
        return self.workload.prepare(self.instance, data)

    def prepare_all(self, data: Sequence[Any]) -> list[Any]:
        """One after the other."""
        return [self.prepare(one) for one in data]

    def observe(self, argument: Any, output: Any) -> Any:
        """What the workload says counts, once what was lazy is there."""
        return self.workload.observe(self.instance, argument, self._consumer.there(output))

    def untouched(self, data: Any) -> Any:
        """All of it."""
        return data

    def around(self) -> AbstractContextManager[Any]:
        """Nothing: the workload is the program."""
        return nullcontext()

    def ratios(self, data: Any, seen: Any) -> Mapping[str, tuple[float, float]]:
        """What the workload declares."""
        return tradeoffs_of(self.workload, data, seen)

    @property
    def units(self) -> tuple[str, float] | None:
        """What the workload counts its work in, and how many of it one call does."""
        return throughput_of(self.workload, self.shared)

    def close(self) -> None:
        """As the workload says."""
        if self.workload.close is not None:
            self.workload.close(self.instance)


class CallSubject(MacroSubject):
    """A function whose input is a tuple of its positional arguments."""

    star = True


class SeamSubject:
    """One seam of a table, called with arguments drawn from what the workload really passes it, or recorded."""

    star = True

    def __init__(self, seam: Seam, ops: Any, spec: ArgumentSpec, seed: int, lateness: Lateness | None = None) -> None:
        self.ops = ops
        self.spec = spec
        self._consumer = Consumer(self._function(seam), lateness or Lateness(), everything=True)
        self.once = self._consumer.once
        self._not_compared = {*seam.consumes, *spec.written}
        rng = np.random.default_rng(seed)
        self._draws = spec.draws
        # how each argument is made from what was drawn for it; these run for every call of every sample
        self._makers = [self._maker(part) for part in spec.parts]
        self._nothing_drawn = [None] * len(spec.parts)
        self._banks = [p.bank(rng) if isinstance(p, RandomArray) else None for p in spec.parts]

    def _function(self, seam: Seam) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(self.ops, seam.name)
        return function

    @property
    def invoke(self) -> Callable[..., Any]:
        """The seam's function, with what it gives consumed."""
        return self._consumer.timed

    def data(self, stream: int) -> Any:
        """One recorded call, or values drawn for each argument."""
        if self.spec.recording is not None:
            return self.spec.recording.take(stream)
        if not self._draws:
            return self._nothing_drawn
        rng = np.random.default_rng(stream)
        return [
            part.take(bank, rng) if isinstance(part, RandomArray) and bank is not None else None
            for part, bank in zip(self.spec.parts, self._banks, strict=True)
        ]

    def prepare(self, data: Any) -> Any:
        """The positional arguments."""
        return tuple([make(value) for make, value in zip(self._makers, data, strict=True)])

    def prepare_all(self, data: Sequence[Any]) -> list[Any]:
        """One after the other."""
        return [self.prepare(one) for one in data]

    def observe(self, argument: Any, output: Any) -> Any:
        """The result, and the arguments that the call writes to as the baseline's does."""
        written = sorted(self.spec.written)
        after = {f"argument {position + 1}": argument[position] for position in written}
        result = self._consumer.there(output)
        return {"result": result, **after} if written else result

    def untouched(self, data: Any) -> Any:
        """The arguments that the call may not write to."""
        return [None if position in self._not_compared else part for position, part in enumerate(data)]

    def _maker(self, part: Any) -> Callable[[Any], Any]:
        if isinstance(part, OpsSlot):
            return lambda value: self.ops
        if self.spec.recording is not None:
            return lambda value: value.value if isinstance(value, Shared) else value
        if isinstance(part, RandomArray):
            given: Callable[[Any], Any] = part.given
            return given
        fixed = part.value
        return lambda value: fixed

    def ratios(self, data: Any, seen: Any) -> Mapping[str, tuple[float, float]]:
        """None: only workloads declare them."""
        return {}

    def around(self) -> AbstractContextManager[Any]:
        """Without gradients where the program calls the seam so: torch takes other kernels then."""
        if self.spec.gradients:
            return nullcontext()
        without: AbstractContextManager[Any] = sys.modules["torch"].no_grad()
        return without

    def close(self) -> None:
        """Give the recording back."""
        if self.spec.recording is not None:
            self.spec.recording.release()


class ColdSeamSubject(SeamSubject):
    """As SeamSubject, but each call goes to a table built for it alone: what a first call costs.

    Building is not on the clock: for most recipes it is the making of a closure. `build_ns` tells what it cost, so
    that a recipe that does its work ahead is seen. `watched` runs what builds and looks at what it does to the process;
    it takes a thousand times as long as a closure, so it is asked once for all calls of a sample.
    """

    def __init__(
        self,
        seam: Seam,
        build: Callable[[], Any],
        spec: ArgumentSpec,
        seed: int,
        lateness: Lateness | None = None,
        watched: Callable[[Callable[[], Any]], Any] = lambda build: build(),
    ) -> None:
        super().__init__(seam, watched(build), spec, seed, lateness)
        self.build_ns = 0
        self._seam = seam.name
        self._build = build
        self._watched = watched

    def _function(self, seam: Seam) -> Callable[..., Any]:
        return _first_call

    def prepare(self, data: Any) -> Any:
        """A function built anew, and its arguments."""
        return self._watched(lambda: self._prepared(data))

    def prepare_all(self, data: Sequence[Any]) -> list[Any]:
        """A function built anew for each."""
        return [*self._watched(lambda: [self._prepared(one) for one in data])]

    def _prepared(self, data: Any) -> Any:
        fresh = SeamSubject.prepare(self, data)
        start = time.perf_counter_ns()
        ops = self._build()
        self.build_ns = time.perf_counter_ns() - start
        own = tuple(ops if isinstance(p, OpsSlot) else v for p, v in zip(self.spec.parts, fresh, strict=True))
        return getattr(ops, self._seam), own

    def observe(self, argument: Any, output: Any) -> Any:
        """As of a warm seam, of the arguments alone."""
        return super().observe(argument[1], output)


def _first_call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    return function(*arguments)


def input_bytes(data: Any) -> int:
    """Bytes of the arrays of one prepared input."""
    return bytes_of(data)
