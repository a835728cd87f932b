"""What py-spy takes for waiting by its name, though it works: known by that name, and got from another pass."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from perfkit.profilers.common.profile import Profile, sampled
from perfkit.profilers.common.stacks import Stacks
from perfkit.profilers.common.waits import is_library

__all__ = ["is_false_wait", "may_wait_falsely", "waits_much", "with_false_waits"]

_IDLE_NAMES = (("wait", "threading.py"), ("select", "selectors.py"), ("poll", "asyncore.py"))
_WAITS_MUCH = 0.03  # of the wall time


def is_false_wait(function: str, file: str) -> bool:
    """Whether py-spy takes a function for waiting by its name and its file's, though it is not the library's.

    It does so whatever the thread does (its `_heuristic_is_thread_idle`), unless it is asked for idle threads too.
    """
    return any(function == name and file.endswith(ending) for name, ending in _IDLE_NAMES) and not is_library(file)


def may_wait_falsely(files: Iterable[str]) -> bool:
    """Whether one of the source files that a process has loaded may hold such a function."""
    return any(file.endswith(ending) and not is_library(file) for file in files for _, ending in _IDLE_NAMES)


def waits_much(profile: Profile) -> bool:
    """Whether the calling thread sleeps for a part of the time that is worth a pass of its own."""
    spent = profile.spent
    return spent is not None and spent.asleep_ns > _WAITS_MUCH * spent.wall_ns


def with_false_waits(found: Profile, idle: Stacks, idle_passes: int) -> Profile:
    """A profile with what py-spy took for waiting by its name, from the `idle` pass that sees what waits too.

    Where the program hardly waits it works, and stands to the rest as in that pass. Elsewhere there is no more of it
    than the processors' time leaves room for: whether such a function waits in truth py-spy cannot tell.
    """
    frames = idle.frames
    left_out = [(s, ns) for s, ns in idle.stacks if is_false_wait(*frames[s[-1]][:2])]
    left_out_ns, spent = sum(ns for _, ns in left_out), found.spent
    if spent is None or not left_out_ns:
        return found
    part, rest_ns = found.passes / idle_passes, idle.total_ns - left_out_ns
    if waits_much(found):
        room_ns = (spent.all_running_ns + spent.queued_ns) / found.bare_passes * found.passes - found.seen_ns
        part *= max(0.0, min(1.0, room_ns / (left_out_ns * part)))
    elif rest_ns and found.seen_ns:
        part = found.seen_ns / rest_ns
    added = [([frames[number] for number in s], round(ns * part)) for s, ns in left_out]
    own = [([found.sampled.frames[number] for number in s], ns) for s, ns in found.sampled.stacks]
    names = sorted({f"{stack[-1][0]} ({PurePath(stack[-1][1]).name})" for stack, _ in added})
    note = f"py-spy takes {', '.join(names)} for waiting by its name; its samples are from a pass with what waits"
    both = Stacks.of([*own, *((stack, ns) for stack, ns in added if ns)])
    return sampled(found, both, (note,))
