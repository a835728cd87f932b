"""torch.profiler: every operation that torch dispatches, on the thread that dispatches it and on its own.

It sees operations, not functions: `aten::linear` and what it calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from perfkit.profilers.stacks import Frame, Stacks

__all__ = ["collect", "read"]


def collect(steps: Iterable[Callable[[], None]]) -> tuple[int, list[list[Any]]]:
    """Run `steps` under torch.profiler: nanoseconds; stacks of operations, each with own nanoseconds and calls."""
    import torch

    elapsed_ns = 0
    events: list[Any] = []
    for step in steps:  # each by itself: what prepares the next is no operation of the workload's
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profiler:
            start = time.perf_counter_ns()
            step()
            elapsed_ns += time.perf_counter_ns() - start
        events += profiler.events() or ()
    merged: dict[tuple[str, ...], list[int]] = {}
    for event in events:
        names: list[str] = []
        above = event
        while above is not None:
            names.append(above.name)
            above = above.cpu_parent
        found = merged.setdefault(tuple(reversed(names)), [0, 0])
        found[0] += int(event.self_cpu_time_total * 1000)  # microseconds there
        found[1] += 1
    return elapsed_ns, [[list(names), own_ns, calls] for names, (own_ns, calls) in merged.items()]


def read(raw: list[list[Any]]) -> tuple[Stacks, dict[Frame, int]]:
    """The stacks of what `collect` gave, and how often each operation was called."""
    calls: dict[Frame, int] = {}

    def weighted() -> Iterator[tuple[list[Frame], int]]:
        for names, own_ns, count in raw:
            stack: list[Frame] = [(name, "", 0) for name in names]
            calls[stack[-1]] = calls.get(stack[-1], 0) + count
            yield stack, own_ns

    return Stacks.of(weighted()), calls
