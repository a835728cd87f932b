"""Watch a workload's seams: how often each is called, with what, and for how long.

A pass of its own, with every seam wrapped; no verdict comes from its times. It answers three questions: was the
seam that a recipe replaces called at all, what share of the workload is it, and what arguments does it really get,
so that it can be measured alone on fresh ones of the same kind, or on those of further real calls.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from perfkit.worker.device.protocol import Device
from perfkit.worker.inputs.callkind import Calls
from perfkit.worker.inputs.recording import Catcher
from perfkit.worker.lazy.spread import spread, step_ns, stepped

__all__ = ["SeamRecorder", "Seen"]


@dataclass(slots=True)
class Seen:
    """What was seen of one seam. `self_ns` leaves out the seams it called on the same thread."""

    calls: int = 0
    total_ns: int = 0
    self_ns: int = 0
    concurrent: bool = False  # called on another thread than the one that recorded
    kinds: Calls | None = None  # where calls are described


class SeamRecorder:
    """Wraps a table of seams; `seen[name]` fills as the wrapped table is used, from any thread.

    `describe` also notes what the arguments look like, of all seams or of some; that costs more than many seams do:
    record first, then clock with a recorder of its own. Results of seams in `only_read` are passed on as they are.
    """

    def __init__(
        self,
        ops: Any,
        opaque: tuple[type, ...] = (),
        *,
        describe: bool | Collection[str] = True,
        only_read: Collection[str] = (),
        device: Device | None = None,
    ) -> None:
        """`device`: what seams give their work to; it is waited for, so that each is clocked with its own."""
        self._device = device
        self._read: list[Any] = []  # what seams returned that is only read
        names = [f.name for f in fields(ops)]
        wanted = frozenset((names if describe else ()) if isinstance(describe, bool) else describe)
        self.seen: dict[str, Seen] = {
            name: Seen(kinds=Calls(type(ops), opaque, self._read) if name in wanted else None) for name in names
        }
        self.ops = replace(ops, **{name: self._clocked(self.seen[name], getattr(ops, name)) for name in self.seen})
        described = {
            name: self._described(self.seen[name], getattr(self.ops, name), keep=name in only_read) for name in wanted
        }
        self.ops = replace(self.ops, **described)
        self._catchers: Mapping[str, Catcher] | None = None
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._stacks = threading.local()
        self._there: set[type] = set()  # types of results that are there when a seam returns
        self._step_ns = step_ns()

    def reset(self) -> None:
        """Forget counts and times, as after a call to warm up; what follows is called on other inputs."""
        for seen in self.seen.values():
            seen.calls = seen.total_ns = seen.self_ns = 0
            if seen.kinds is not None:
                seen.kinds.next_run()

    def catching(self, catchers: Mapping[str, Catcher], work: Callable[[], Any]) -> None:
        """Call the workload, with every call of some seams offered to their catchers. Nothing else is noted."""
        self._catchers = catchers
        try:
            work()
        finally:
            self._catchers = None

    def _clocked(self, seen: Seen, function: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*args: Any) -> Any:
            stack: list[int] = getattr(self._stacks, "children_ns", None) or [0]
            self._stacks.children_ns = stack
            stack.append(0)
            if self._device is not None:
                self._device.synchronise()
            start = time.perf_counter_ns()
            try:
                result = function(*args)
                if self._device is not None:
                    self._device.synchronise()
            finally:
                elapsed = time.perf_counter_ns() - start
                inside = stack.pop()
                stack[-1] += elapsed
                with self._lock:
                    seen.calls += 1
                    seen.total_ns += elapsed
                    seen.self_ns += elapsed - inside
                    seen.concurrent |= threading.get_ident() != self._thread
            if type(result) in self._there:
                return result
            return self._later(seen, result)

        return clocked

    def _later(self, seen: Seen, result: Any) -> Any:
        """What a seam gave, each step of which is clocked where it works on after it has returned."""
        step = self._clocked(seen, stepped)

        def run(function: Callable[..., Any], *args: Any) -> Any:
            try:
                return step(function, *args)
            finally:
                with self._lock:  # a step is no call, and clocking it takes longer than many a step
                    seen.calls -= 1
                    seen.total_ns -= self._step_ns
                    seen.self_ns -= self._step_ns

        found = spread(result, run)
        if found is result:
            self._there.add(type(result))
        return found

    def _described(self, seen: Seen, function: Callable[..., Any], *, keep: bool) -> Callable[..., Any]:
        calls = seen.kinds or Calls(type(self.ops), ())
        name = next(name for name, one in self.seen.items() if one is seen)

        def described(*args: Any) -> Any:
            if self._catchers is not None:
                if name in self._catchers:
                    self._catchers[name].offer(args)
                return function(*args)
            with self._lock:
                noted = calls.before(args)
            start = time.perf_counter_ns()
            result = function(*args)
            elapsed = time.perf_counter_ns() - start
            if keep and noted[0].calls == 0:
                self._read.append(result)
            with self._lock:
                calls.after(noted, args, elapsed)
            return result

        return described
