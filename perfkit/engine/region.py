"""The measured region of a profile: some calls of one workload, and nothing else.

Inputs are made before the region begins, outside of every profiler. What runs below `measured` is the target's.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from perfkit import plan
from perfkit.engine.guard import user_code
from perfkit.engine.subject import MacroSubject, input_bytes
from perfkit.profilers import cprofile, pyinstrument, torch_ops

__all__ = ["ROOT", "Region", "measured"]

_MOST_BYTES = 256_000_000  # of inputs that lie ready
_PR_SET_PTRACER, _ANY = 0x59616D61, -1

Collect = Callable[[Callable[[], None], int], tuple[int, Any]]
_INSIDE: dict[str, Collect] = {
    "cprofile": lambda region, rate: cprofile.collect(region),
    "pyinstrument": pyinstrument.collect,
    "torch": lambda region, rate: torch_ops.collect(region),
}


def measured(call: Callable[[Any], Any], arguments: Sequence[Any]) -> None:
    """One call for each argument."""
    for argument in arguments:
        call(argument)


ROOT = (measured.__code__.co_filename, measured.__name__)  # (file, function): the frame above all that is the target's


class Region:
    """Calls of one subject, bare or under a profiler; every call gets an input of its own."""

    def __init__(self, subject: MacroSubject, seed: int) -> None:
        self._subject = subject
        self._seed = seed
        self._drawn = 0
        self._arguments: list[Any] = []
        self.ready(1)
        self.run("", 0)  # the first call also pays for what it loads

    def describe(self) -> dict[str, Any]:
        """The process, and where the functions of the table of seams stand: [file, first line, seam]."""
        codes = {name: getattr(function, "__code__", None) for name, function in vars(self._subject.ops).items()}
        seams = [[c.co_filename, c.co_firstlineno, name] for name, c in codes.items() if c is not None]
        if sys.platform == "linux":  # where only a parent may look into a process, this one lets everybody
            ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(_ANY))
        return {"pid": os.getpid(), "seams": seams}

    def ready(self, calls: int) -> int:
        """Make the inputs of `calls` calls, or of as many as memory allows; how many it made."""

        def work() -> list[Any]:
            made: list[Any] = []
            held = 0
            while len(made) < calls and held < _MOST_BYTES:
                data = self._subject.data(plan.stream(self._seed, "profile", self._drawn))
                made.append(self._subject.prepare(data))
                held += input_bytes(data)
                self._drawn += 1
            return made

        self._arguments = user_code("making inputs", work)
        return len(self._arguments)

    def run(self, profiler: str, rate: int) -> tuple[int, Any]:
        """Run the calls that lie ready, under a profiler of this process or bare: nanoseconds, and what it saw."""
        region = partial(measured, self._subject.invoke, self._arguments)  # no Python frame of its own

        def work() -> tuple[int, Any]:
            if profiler:
                return _INSIDE[profiler](region, rate)
            start = time.perf_counter_ns()
            region()
            return time.perf_counter_ns() - start, None

        done: tuple[int, Any] = user_code("profiling", work)
        self._arguments = []
        return done
