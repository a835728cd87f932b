"""Watch a workload's seams: how often each is called, with what, and for how long.

A pass of its own, with every seam wrapped; no verdict comes from its times. It answers three questions: was the
seam that a recipe replaces called at all, what share of the workload is it, and what arguments does it really get,
so that it can be measured alone on fresh ones of the same kind.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from perfkit.engine.template import Template, signature

__all__ = ["Seen", "SeamRecorder"]


@dataclass(slots=True)
class Seen:
    """What was seen of one seam. `self_ns` leaves out the seams it called on the same thread."""

    calls: int = 0
    total_ns: int = 0
    self_ns: int = 0
    by_signature: dict[str, tuple[int, Template]] = field(default_factory=dict)

    def dearest(self) -> Template | None:
        """The template of the call signature that took the most time."""
        if not self.by_signature:
            return None
        return max(self.by_signature.values(), key=lambda pair: pair[0])[1]


class SeamRecorder:
    """Wraps a table of seams; `seen[name]` fills as the wrapped table is used, from any thread."""

    def __init__(self, ops: Any, opaque: tuple[type, ...] = ()) -> None:
        self.seen: dict[str, Seen] = {f.name: Seen() for f in fields(ops)}
        self.ops = replace(ops, **{name: self._wrap(name, getattr(ops, name)) for name in self.seen})
        self._opaque = opaque
        self._lock = threading.Lock()
        self._stacks = threading.local()

    def reset(self) -> None:
        """Forget counts and times; keep what the arguments look like."""
        for seen in self.seen.values():
            seen.calls = seen.total_ns = seen.self_ns = 0

    def _wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*args: Any) -> Any:
            stack: list[int] = getattr(self._stacks, "children_ns", None) or [0]
            self._stacks.children_ns = stack
            key = signature(args)
            template = None
            if key not in self.seen[name].by_signature:
                template = Template.of(args, type(self.ops), self._opaque)
            stack.append(0)
            start = time.perf_counter_ns()
            try:
                return function(*args)
            finally:
                elapsed = time.perf_counter_ns() - start
                inside = stack.pop()
                stack[-1] += elapsed
                self._note(name, key, template, elapsed, elapsed - inside)

        return recorded

    def _note(self, name: str, key: str, template: Template | None, total_ns: int, self_ns: int) -> None:
        with self._lock:
            seen = self.seen[name]
            seen.calls += 1
            seen.total_ns += total_ns
            seen.self_ns += self_ns
            before = seen.by_signature.get(key)
            if before is not None:
                seen.by_signature[key] = (before[0] + total_ns, before[1])
            elif template is not None:
                seen.by_signature[key] = (total_ns, template)
