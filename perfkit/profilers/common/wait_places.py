"""Where a stack waits: what is called, as one would write it, and the function of the user's that calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from perfkit.profilers.common.stacks import Frame, Stacks, is_python
from perfkit.profilers.common.waits import c_name, is_library, library_file, waits, waits_in_c

__all__ = ["Place", "by_place", "called", "ends_waiting", "working"]

_PLAIN = {"posix": "os", "_thread": "", "_socket": "", "_queue": "queue", "_multiprocessing": "multiprocessing"}

Place = tuple[str, Frame | None]  # what waits, and the function outside of the library that it is called from


def by_place(stacks: Stacks, keep: Callable[[Sequence[Frame]], bool]) -> Mapping[Place, int]:
    """Nanoseconds of the stacks that `keep` takes, by place."""
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
    kept = ((s, w) for s, w in stacks.stacks if not (s and ends_waiting([stacks.frames[number] for number in s])))
    return Stacks(stacks.frames, tuple(kept))


def ends_waiting(stack: Sequence[Frame]) -> bool:
    """Whether the innermost function of a stack only waits."""
    function, file, _ = stack[-1]
    if not is_python(file):
        return waits_in_c(function)
    return waits(function, file)


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
