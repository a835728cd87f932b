"""torch.profiler: every operation that torch dispatches, on the thread that dispatches it and on its own.

It sees operations, not functions: `aten::linear` and what it calls. Where the program uses a GPU, what that did for
each operation stands beside the time that the processor took to give it the work.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

from perfkit.profilers.common.profile import Profile, hotspots
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profilers.in_program import torch_ops as in_program
from perfkit.profilers.profiler import InProgram, OwnFrames, Profiler, Ran, RegionProcess, WholeProgram

__all__ = ["TORCH", "collect", "merged_events", "on_device", "read"]


def collect(steps: Iterable[Callable[[], None]]) -> tuple[int, list[list[Any]]]:
    """Run `steps` under torch.profiler: nanoseconds; stacks of operations, each with own nanoseconds and calls.

    Where CUDA is in use, each also with the nanoseconds that the device worked for it.
    """
    import torch

    kinds, cuda, elapsed_ns = torch.profiler.ProfilerActivity, cast(Any, torch.cuda), 0
    activities = [kinds.CPU, *([kinds.CUDA] if cuda.is_initialized() else [])]
    events: list[Any] = []
    for step in steps:  # each by itself: what prepares the next is no operation of the workload's
        with torch.profiler.profile(activities=activities) as profiler:
            start = time.perf_counter_ns()
            step()
            elapsed_ns += time.perf_counter_ns() - start
        events += profiler.events() or ()
    return elapsed_ns, merged_events(events)


def merged_events(events: Iterable[Any]) -> list[list[Any]]:
    """Stacks of operations, each with its own nanoseconds, calls, and nanoseconds of the device."""
    merged: dict[tuple[str, ...], list[int]] = {}
    for event in events:
        if event.device_type.name != "CPU":  # a kernel by itself: the operation that launched it has its time
            continue
        names: list[str] = []
        above = event
        while above is not None:
            names.append(above.name)
            above = above.cpu_parent
        found = merged.setdefault(tuple(reversed(names)), [0, 0, 0])
        found[0] += int(event.self_cpu_time_total * 1000)  # microseconds there
        found[1] += 1
        found[2] += int(_device_us(event) * 1000)
    return [[list(names), *figures] for names, figures in merged.items()]


def _device_us(event: Any) -> float:
    """Microseconds of what an operation itself launched, by the name that this version of torch has for it."""
    named = getattr(event, "self_device_time_total", None)
    found: float = getattr(event, "self_cuda_time_total", 0.0) if named is None else named
    return found


def on_device(raw: list[list[Any]]) -> dict[Frame, int]:
    """Nanoseconds that a device worked for each operation itself, of what `collect` gave; none of those without."""
    found: dict[Frame, int] = {}
    for names, _, _, *device_ns in raw:
        if device_ns and device_ns[0]:
            found[names[-1], "", 0] = found.get((names[-1], "", 0), 0) + device_ns[0]
    return found


def read(raw: list[list[Any]]) -> tuple[Stacks, dict[Frame, int]]:
    """The stacks of what `collect` gave, and how often each operation was called."""
    calls: dict[Frame, int] = {}

    def weighted() -> Iterator[tuple[list[Frame], int]]:
        for names, own_ns, count, *_ in raw:
            stack: list[Frame] = [(name, "", 0) for name in names]
            calls[stack[-1]] = calls.get(stack[-1], 0) + count
            yield stack, own_ns

    return Stacks.of(weighted()), calls


def _read(blank: Profile, ran: Ran, process: RegionProcess) -> Profile:
    return _of_raw(blank, ran.raw)


def _of_raw(blank: Profile, raw: list[list[Any]]) -> Profile:
    stacks, calls = read(raw)
    return replace(blank, stacks=stacks, hotspots=hotspots(stacks, blank.seams, calls, on_device(raw)))


def _read_program(blank: Profile, kept: bytes, own: OwnFrames) -> WholeProgram:
    return WholeProgram(_of_raw(blank, json.loads(kept)))


TORCH = Profiler(
    name="torch",
    title="torch.profiler",
    collect=lambda steps, rate: collect(steps),
    read=_read,
    empty="the workload runs no operation of torch: --with pyspy,cprofile",
    needs="torch",
    part=0.25,  # it keeps every operation
    is_usual=lambda: False,
    suggested=False,
    operations=True,
    has_stacks=True,
    in_program=InProgram(collector=in_program.__file__, read=_read_program, empty="no operation of torch was run"),
)
