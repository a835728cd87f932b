"""The measured region of a profile: some calls of one workload, and nothing else.

Inputs are made before the region begins, outside of every profiler; where preparing one touches the instance it comes
just before its call, between two steps. What runs below `measured` is the target's.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from perfkit import schedule
from perfkit.profilers.common import spent, threads
from perfkit.profilers.common.spent import Spent
from perfkit.protocol.profiling import OpenedRegion, RanRegion, SeamPlace
from perfkit.worker.guard import user_code
from perfkit.worker.subject import MacroSubject, input_bytes

__all__ = ["ROOT", "Region", "measured"]

_MOST_BYTES = 256_000_000  # of inputs that lie ready
_LONGEST_CODE = 60  # characters of what a program leaves with
_PR_SET_PTRACER, _ANY = 0x59616D61, -1


def measured(
    call: Callable[..., Any],
    arguments: Sequence[Any],
    ends: list[Any],
    star: bool = False,
    wait: Callable[[], None] | None = None,
) -> None:
    """One call for each argument; one that leaves the program (`sys.exit`) is at its end, and `ends` has its code.

    `star`: each is a tuple of all arguments. `wait`: for the device that they gave their work to, at the end. No frame
    but this one may lie between the profiler and the call.
    """
    for argument in arguments:
        try:
            if star:
                call(*argument)
            else:
                call(argument)
        except SystemExit as end:
            ends.append(end.code)
    if wait is not None:
        wait()


ROOT = (measured.__code__.co_filename, measured.__name__)  # (file, function): the frame above all that is the target's


class Region:
    """Calls of one subject, bare or under a profiler; every call gets an input of its own."""

    def __init__(self, subject: MacroSubject, seed: int, *, one_at_a_time: bool = False) -> None:
        from perfkit.profilers.registry import collector  # the other workers, which profile nothing, need none of it

        self._collector = collector
        self._subject = subject
        self._seed = seed
        self._one_at_a_time = one_at_a_time
        self._drawn = 0
        self._inputs: list[Any] = []  # data where preparing comes later, arguments otherwise
        self._ends: list[Any] = []
        self.ready(1)
        self.run("", 0)  # the first call also pays for what it loads

    def describe(self) -> OpenedRegion:
        """The process, and where the functions of the table of seams stand."""
        codes = {name: getattr(function, "__code__", None) for name, function in vars(self._subject.ops).items()}
        seams = (SeamPlace(c.co_filename, c.co_firstlineno, name) for name, c in codes.items() if c is not None)
        if sys.platform == "linux":  # where only a parent may look into a process, this one lets everybody
            ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(_ANY))
        return OpenedRegion(pid=os.getpid(), seams=tuple(seams))

    def ready(self, calls: int) -> int:
        """Make the inputs of `calls` calls, or of as many as memory allows; how many it made."""

        def work() -> list[Any]:
            made: list[Any] = []
            held = 0
            while len(made) < calls and held < _MOST_BYTES:
                data = self._subject.data(schedule.stream(self._seed, "profile", self._drawn))
                made.append(data if self._one_at_a_time else self._subject.prepare(data))
                held += input_bytes(data)
                self._drawn += 1
            return made

        self._inputs = user_code("making inputs", work)
        return len(self._inputs)

    def run(self, profiler: str, rate: int) -> RanRegion:
        """Run the calls that lie ready, under a profiler of this process or bare: only then it is known where the
        time went."""
        self._ends.clear()

        def work() -> tuple[int, Any, Spent]:
            if profiler:
                return *self._collector(profiler)(self._steps(), rate), Spent()
            before_ns, whole = spent.children_ns(), Spent()
            for step in self._steps():
                start = spent.now(start=True)
                step()
                whole += spent.now(start=False) - start
            whole += Spent(children_ns=spent.children_ns() - before_ns)
            return whole.wall_ns, None, whole

        with threads.named():
            elapsed_ns, raw, whole = user_code("profiling", work)
        self._inputs = []
        ends = sorted({repr(code)[:_LONGEST_CODE] for code in self._ends})
        names = {str(number): name for number, name in threads.seen().items()}
        return RanRegion(elapsed_ns=elapsed_ns, raw=raw, spent=whole, ends=tuple(ends), threads=names)

    def _steps(self) -> Iterator[Callable[[], None]]:
        """What to run, with no Python frame of its own above `measured`; preparing lies between two steps."""
        call, ends, star = self._subject.invoke, self._ends, self._subject.star
        device = self._subject.lateness.device
        wait = device.synchronise if device is not None else None
        if not self._one_at_a_time:
            yield partial(measured, call, self._inputs, ends, star, wait)
            return
        for data in self._inputs:
            yield partial(measured, call, [self._subject.prepare(data)], ends, star, wait)
