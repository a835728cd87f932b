"""Weighted call stacks: what a sampling profiler gives, and what a flame graph is drawn from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from perfkit.profilers.common.waits import library_file, waits

__all__ = [
    "Frame",
    "Own",
    "Seams",
    "Stacks",
    "is_python",
    "is_thread",
    "read_collapsed",
    "thread_frame",
    "without_bootstrap",
]

Frame = tuple[str, str, int]  # function, file, line
Seams = Mapping[tuple[str, int], str]  # file and first line of a function -> the seam it stands for

# `function (file:line)`, as py-spy writes it; the function may itself hold brackets, and so may a whole path
_COLLAPSED = (
    re.compile(r"(?P<function>.*?) \((?P<file>[/<].*):(?P<line>\d+)\)", re.DOTALL),
    re.compile(r"(?P<function>.*?) \((?P<file>[^()]*?):(?P<line>\d+)\)", re.DOTALL),
)

# what threading and concurrent.futures put below the work of a thread
_BOOTSTRAP = ("threading.py", "concurrent/futures/thread.py")
_LONGEST = 100_000  # characters of one stack


@dataclass(slots=True)
class Own:
    """What the stacks say of one function: nanoseconds in itself and in all, and the seam around most of its own."""

    self_ns: int = 0
    total_ns: int = 0
    seam: str | None = None


@dataclass(frozen=True, slots=True)
class Stacks:
    """Call stacks, outermost frame first, as indices into `frames`, each with its weight in nanoseconds.

    `frames` may hold some that no stack uses.
    """

    frames: tuple[Frame, ...]
    stacks: tuple[tuple[tuple[int, ...], int], ...]

    @classmethod
    def of(cls, weighted: Iterable[tuple[Sequence[Frame], int]]) -> Stacks:
        """Equal stacks become one; the order is that of their first appearance."""
        numbers: dict[Frame, int] = {}
        merged: dict[tuple[int, ...], int] = {}
        for stack, weight_ns in weighted:
            key = tuple([numbers.setdefault(frame, len(numbers)) for frame in stack])
            merged[key] = merged.get(key, 0) + weight_ns
        return cls(tuple(numbers), tuple(merged.items()))

    @property
    def total_ns(self) -> int:
        """The weight of all stacks."""
        return sum(weight for _, weight in self.stacks)

    def functions(self, seams: Seams) -> dict[Frame, Own]:
        """Each function's own and inclusive time, and the innermost seam around most of its own time."""
        size = len(self.frames)
        lengths = np.array([len(stack) for stack, _ in self.stacks], np.int64)
        weights = np.array([weight for _, weight in self.stacks], np.float64)  # exact below 2**53 ns, 100 days
        flat = np.fromiter(chain.from_iterable(stack for stack, _ in self.stacks), np.int64, int(lengths.sum()))
        filled = lengths > 0
        leaves = flat[np.cumsum(lengths)[filled] - 1]
        own_ns = np.bincount(leaves, weights[filled], size)
        # a function that is in a stack twice counts once
        pairs = np.sort(np.repeat(np.arange(len(lengths)), lengths) * size + flat)
        pairs = pairs[np.diff(pairs, prepend=-1) != 0]  # np.unique takes ten times as long, with numpy 2.4
        total_ns = np.bincount(pairs % size, weights[pairs // size], size) if size else own_ns
        found = [Own(int(own), int(total)) for own, total in zip(own_ns, total_ns, strict=True)]
        self._find_seams(found, [seams.get((file, line)) for _, file, line in self.frames])
        return {frame: own for frame, own in zip(self.frames, found, strict=True) if own.total_ns}

    def _find_seams(self, found: Sequence[Own], is_seam: Sequence[str | None]) -> None:
        around: dict[tuple[int, str], int] = {}
        for stack, weight_ns in self.stacks if any(is_seam) else ():
            seam = next((is_seam[number] for number in reversed(stack) if is_seam[number]), None)
            if seam is not None:
                around[stack[-1], seam] = around.get((stack[-1], seam), 0) + weight_ns
        for (number, seam), weight_ns in around.items():
            if weight_ns > found[number].self_ns / 2:
                found[number].seam = seam
        for number, own_seam in enumerate(is_seam):
            found[number].seam = own_seam or found[number].seam

    def folded(self) -> dict[tuple[str, int], int]:
        """Own nanoseconds of each Python function, (file, line), with those of the C functions it calls itself."""
        python = [is_python(file) for _, file, _ in self.frames]
        own_ns = [0] * len(self.frames)
        for stack, weight_ns in self.stacks:
            if not stack:
                continue
            at = stack[-1]
            if not python[at]:
                at = next((number for number in reversed(stack) if python[number]), -1)
            if at >= 0:
                own_ns[at] += weight_ns
        found: dict[tuple[str, int], int] = {}
        for (_, file, line), own in zip(self.frames, own_ns, strict=True):
            if own:
                found[file, line] = found.get((file, line), 0) + own
        return found

    @property
    def on_others(self) -> float:
        """The part of all weight that lies on other threads and processes: 0…1."""
        others = sum(weight for stack, weight in self.stacks if is_thread(self.frames[stack[0]]))
        return others / (self.total_ns or 1)

    def elsewhere(self) -> dict[tuple[str, int], float]:
        """The part of each Python function's own time that is not the region's own thread's: 0…1."""
        roots = Stacks(self.frames, tuple((s, w) for s, w in self.stacks if is_thread(self.frames[s[0]])))
        whole = self.folded()
        return {key: ns / whole[key] for key, ns in roots.folded().items()}

    def below(
        self,
        root: Callable[[Frame], bool],
        others: Callable[[Sequence[Frame]], Sequence[Frame]],
        idle: Callable[[Frame], bool] = lambda leaf: False,
        foreign: Callable[[Frame], bool] = lambda frame: False,
    ) -> Stacks:
        """What lies below the outermost `root` frame of each stack; one without, or `foreign`, becomes `others(stack)`.

        A stack of which nothing is left is dropped, and one whose innermost Python frame is `idle`.
        """
        roots = [number for number, frame in enumerate(self.frames) if root(frame)]
        strange = {number for number, frame in enumerate(self.frames) if foreign(frame)}
        numbers = {frame: number for number, frame in enumerate(self.frames)}
        merged: dict[tuple[int, ...], int] = {}
        for stack, weight_ns in self.stacks:
            found = [stack.index(number) for number in roots if number in stack]
            if found and not strange.intersection(stack):
                left = stack[min(found) + 1 :]
            else:
                frames = others([self.frames[number] for number in stack])
                left = tuple([numbers.setdefault(frame, len(numbers)) for frame in frames])
            if left:
                merged[left] = merged.get(left, 0) + weight_ns
        named = tuple(numbers)
        waiting = [idle(frame) for frame in named]
        python = [is_python(frame[1]) for frame in named]

        def working(stack: tuple[int, ...]) -> bool:
            """With C frames in the stack, waiting ends in some function of the system's."""
            return not waiting[next((number for number in reversed(stack) if python[number]), stack[-1])]

        return Stacks(named, tuple((stack, weight) for stack, weight in merged.items() if working(stack)))

    def collapsed(self) -> Iterator[str]:
        """One line a stack: `f (file:line);g (file:line) weight`, as flamegraph.pl and speedscope read it."""
        names = [_collapsed(frame) for frame in self.frames]
        for stack, weight_ns in self.stacks:
            yield f"{';'.join([names[number] for number in stack])} {weight_ns}"


def thread_frame(name: str) -> Frame:
    """The frame that stands above the work of another thread, or process."""
    return f"[{name}]", "", 0


def is_thread(frame: Frame) -> bool:
    """Whether a frame is such a one."""
    return not frame[1] and frame[0].startswith("[")


def without_bootstrap(stack: Sequence[Frame]) -> Sequence[Frame]:
    """The work of a thread, without the functions of the library that started it.

    Where the work is a function of C's, which not every sampler shows, the one that calls it stands for it.
    """
    start = 0
    while start < len(stack) and library_file(stack[start][1]) in _BOOTSTRAP:
        start += 1
    if start and not any(is_python(file) for _, file, _ in stack[start:]) and not waits(*stack[start - 1][:2]):
        start -= 1
    return stack[start:]


def is_python(file: str) -> bool:
    """Whether a frame of this file is a Python function, and not one of C that a profiler names too."""
    return file.endswith(".py") or (file.startswith("<") and file != "<built-in>")


def _collapsed(frame: Frame) -> str:
    function, file, line = (str(part).replace(";", ":").replace("\n", " ") for part in frame)
    return f"{function} ({file}:{line})" if file else function


def read_collapsed(lines: Iterable[str], sample_ns: int) -> Stacks:
    """Stacks of a sampler that writes `f (file:line);g (file:line) samples`. Raises ValueError naming a bad line."""
    numbers, merged = _Numbers(), dict[tuple[int, ...], int]()
    begun, begun_at = "", 0  # a stack whose line a newline in a function's name has broken
    for at, line in enumerate(lines, 1):
        text, _, count = f"{begun}{line}".rstrip("\n").rpartition(" ")
        if count.isdecimal() and text:
            key = tuple(map(numbers.__getitem__, text.split(";")))
            merged[key] = merged.get(key, 0) + int(count) * sample_ns
            begun = ""
        elif line.strip():
            begun, begun_at = begun + line, begun_at if begun else at
        if len(begun) > _LONGEST:
            break
    if begun:
        raise ValueError(f"line {begun_at} is no stack with a count: {begun[:80]!r}")
    return Stacks(tuple(numbers.frames), tuple(merged.items()))


class _Numbers(dict[str, int]):
    """The number of a frame by its text; a text that is new is read once."""

    def __init__(self) -> None:
        self.frames: dict[Frame, int] = {}

    def __missing__(self, name: str) -> int:
        found = next((match for pattern in _COLLAPSED if (match := pattern.fullmatch(name))), None)
        frame = (name, "", 0)
        if found is not None:
            frame = (found["function"], found["file"], int(found["line"]))
        self[name] = self.frames.setdefault(frame, len(self.frames))
        return self[name]
