"""What the calling thread waits for, and where: by the profiler that can tell most of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from perfkit.profilers import cprofile
from perfkit.profilers.profile import Profile
from perfkit.profilers.stacks import Frame, Stacks, is_python, is_thread
from perfkit.profilers.waits import c_name, is_library, library_file, waits, waits_in_c

__all__ = ["Wait", "Wall", "called", "waits_in", "waits_of", "wall_of", "working"]

_LEAST = 0.02  # of the wall time: less is no wait worth a word
_ENOUGH = 0.8  # of the waiting: a profiler that explains so much is asked no further
_SURE = 3.0  # standard errors
_DEEPEST = 60  # callers of a function of the library that are followed
_PLAIN = {"posix": "os", "_thread": "", "_socket": "", "_queue": "queue", "_multiprocessing": "multiprocessing"}

Place = tuple[str, Frame | None]  # what waits, and the function outside of the library that it is called from


class Wait(NamedTuple):
    """What is called, the function that calls it ("" and 0 where that is not known), and nanoseconds in one call."""

    what: str
    function: str
    file: str
    line: int
    ns: float


def waits_of(profiles: Sequence[Profile], wall_ns: float, waiting_ns: float) -> tuple[str, tuple[Wait, ...]]:
    """The profiler that explains most of the `waiting_ns` of a call that lasts `wall_ns`; its waits, the longest first.

    Nothing where no profiler explains any.
    """
    best: tuple[str, tuple[Wait, ...]] = "", ()
    for name in ("cprofile", "pyinstrument", "pyspy"):
        profile = next((p for p in profiles if p.profiler == name), None)
        if profile is None:
            continue
        found = _WAITS[name](profile)
        waits_ = tuple(
            Wait(what, *(who or ("", "", 0)), ns)
            for (what, who), ns in sorted(found.items(), key=lambda item: -item[1])
            if ns > _LEAST * wall_ns
        )
        if sum(w.ns for w in waits_) > sum(w.ns for w in best[1]):
            best = name, waits_
        if sum(w.ns for w in best[1]) >= _ENOUGH * waiting_ns:
            break
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Where the wall time of one bare call went, in nanoseconds: see `Spent`; `waits` as the profiler `by` has them."""

    call_ns: float
    running_ns: float
    waiting_ns: float
    queued_ns: float
    threads_ns: float
    children_ns: float
    by: str
    waits: tuple[Wait, ...]


def wall_of(profiles: Sequence[Profile], main: Profile | None) -> Wall | None:
    """The wall time by the system's clocks beside the main profile; None where they were not read."""
    if main is None or main.spent is None:
        return None
    spent, each = main.spent, 1 / main.bare_passes
    asleep_ns = spent.asleep_ns * each
    by: str = ""
    waits_: tuple[Wait, ...] = ()
    if asleep_ns > _LEAST * main.bare_call_ns:
        by, waits_ = waits_of(profiles, main.bare_call_ns, asleep_ns)
    return Wall(
        call_ns=main.bare_call_ns,
        running_ns=spent.running_ns * each,
        waiting_ns=spent.waiting_ns * each,
        queued_ns=spent.queued_ns * each,
        threads_ns=max(0, spent.threads_ns) * each,
        children_ns=max(0, spent.children_ns) * each,
        by=by,
        waits=waits_,
    )


def _of_table(profile: Profile) -> Mapping[Place, float]:
    """Own time of C functions that only wait, by the function outside of the library that leads to most of it."""
    table: cprofile.Table = profile.native
    found: dict[Place, float] = {}
    for key, (_, _, _, _, callers) in table.items():
        if not (key[0] == cprofile.C and waits_in(key)):
            continue
        for caller, edge in callers.items():
            place = _above(table, (key[2], key[0], 0), caller)
            found[place] = found.get(place, 0.0) + edge[2] * 1e9 / profile.passes
    return found


def _above(table: cprofile.Table, what: Frame, caller: cprofile.Key) -> Place:
    """Up from a function that waits, each time to the caller that spends most in it, until the library's own end."""
    for _ in range(_DEEPEST):
        file, line, function = caller
        if file != cprofile.C and not is_library(file):
            return called(what), (function, file, line)
        what = function, file, line
        above = table[caller][4] if caller in table else {}
        if not above:
            return called(what), None
        caller = max(above, key=lambda key: above[key][3])
    return called(what), None


def _of_stacks(stacks: Stacks, keep: Callable[[Sequence[Frame]], bool]) -> Mapping[Place, int]:
    found: dict[Place, int] = {}
    for numbers, weight_ns in stacks.stacks:
        stack = [stacks.frames[number] for number in numbers]
        if stack and keep(stack):
            place = _place(stack)
            found[place] = found.get(place, 0) + weight_ns
    return found


def _place(stack: Sequence[Frame]) -> Place:
    """The innermost function that is neither the library's nor C, and what it calls."""
    at = len(stack) - 1
    while at >= 0 and (not is_python(stack[at][1]) or is_library(stack[at][1])):
        at -= 1
    return called(stack[at + 1]) if at + 1 < len(stack) else "", stack[at] if at >= 0 else None


def working(stacks: Stacks) -> Stacks:
    """The stacks of a thread, without those in which it waits."""
    kept = ((s, w) for s, w in stacks.stacks if not (s and _waiting_leaf([stacks.frames[number] for number in s])))
    return Stacks(stacks.frames, tuple(kept))


def waits_in(key: cprofile.Key) -> bool:
    """Whether a function of cProfile's table only waits; one of Python does so in itself, if not in what it calls."""
    return waits_in_c(key[2]) if key[0] == cprofile.C else waits(key[2], key[0])


def _waiting_leaf(stack: Sequence[Frame]) -> bool:
    function, file, _ = stack[-1]
    if not is_python(file):
        return waits_in_c(function)
    return waits(function, file)


def _of_pyinstrument(profile: Profile) -> Mapping[Place, float]:
    if profile.wall is None:
        return {}
    return {place: ns / profile.passes for place, ns in _of_stacks(profile.wall, _waiting_leaf).items()}


def _of_wall(profile: Profile) -> Mapping[Place, float]:
    """Samples of the calling thread, whether it runs or not, less those in which it runs."""
    if profile.wall is None or profile.stacks is None or not profile.wall_passes:
        return {}
    whole = _of_stacks(profile.wall, lambda stack: True)
    running = _of_stacks(profile.stacks, lambda stack: not is_thread(stack[0]))
    found = {}
    for place, ns in whole.items():
        left = ns / profile.wall_passes - running.get(place, 0) / profile.passes
        error = (ns * 1e9 / profile.rate) ** 0.5 / profile.wall_passes  # of counting samples
        if left > _SURE * error:
            found[place] = left
    return found


_WAITS: Mapping[str, Callable[[Profile], Mapping[Place, float]]] = {
    "cprofile": _of_table,
    "pyinstrument": _of_pyinstrument,
    "pyspy": _of_wall,
}


def called(frame: Frame) -> str:
    """A function of the library, or of C, as one would write its call: `time.sleep`, `subprocess.run`."""
    function, file, _ = frame
    inner = library_file(file)
    if inner == "concurrent/futures/_base.py":
        return f"future.{function.rpartition('.')[2]}"
    if inner is not None:
        module = inner.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2].lstrip("_")
        return f"{module}.{function.rpartition('.')[2]}"
    name = c_name(function)
    if name == "sleep":
        return "time.sleep"
    head, dot, rest = name.partition(".")
    plain = _PLAIN.get(head, head)
    return f"{plain}{dot}{rest}" if plain else rest
