"""Weighted call stacks: what a sampling profiler gives, and what a flame graph is drawn from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Frame", "Own", "Seams", "Stacks", "is_python", "is_thread", "read_collapsed", "thread_frame"]

Frame = tuple[str, str, int]  # function, file, line
Seams = Mapping[tuple[str, int], str]  # file and first line of a function -> the seam it stands for

# `function (file:line)`, as py-spy writes it; the function may itself hold brackets
_COLLAPSED = re.compile(r"(?P<function>.*?)(?: \((?P<file>[^()]*?):(?P<line>\d+)\))?")


@dataclass(slots=True)
class Own:
    """What the stacks say of one function: nanoseconds in itself and in all, and the seam around most of its own."""

    self_ns: int = 0
    total_ns: int = 0
    seam: str | None = None


@dataclass(frozen=True, slots=True)
class Stacks:
    """Call stacks, outermost frame first, as indices into `frames`, each with its weight in nanoseconds."""

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
        found = [Own() for _ in self.frames]
        is_seam = [seams.get((file, line)) for _, file, line in self.frames]
        around: dict[tuple[int, str], int] = {}
        for stack, weight_ns in self.stacks:
            if not stack:
                continue
            leaf = stack[-1]
            found[leaf].self_ns += weight_ns
            for number in set(stack):  # a recursive function counts once
                found[number].total_ns += weight_ns
            for number in reversed(stack):
                if (seam := is_seam[number]) is not None:
                    around[leaf, seam] = around.get((leaf, seam), 0) + weight_ns
                    break
        for (number, seam), weight_ns in around.items():
            if weight_ns > found[number].self_ns / 2:
                found[number].seam = seam
        for number, own_seam in enumerate(is_seam):
            found[number].seam = own_seam or found[number].seam
        return dict(zip(self.frames, found, strict=True))

    def folded(self) -> dict[tuple[str, int], int]:
        """Own nanoseconds of each Python function, (file, line), with those of the C functions it calls itself."""
        python = [(file, line) if is_python(file) else None for _, file, line in self.frames]
        own_ns: dict[tuple[str, int], int] = {}
        for stack, weight_ns in self.stacks:
            key = next((python[number] for number in reversed(stack) if python[number]), None)
            if key is not None:
                own_ns[key] = own_ns.get(key, 0) + weight_ns
        return own_ns

    def elsewhere(self) -> dict[tuple[str, int], float]:
        """The part of each Python function's own time that is not the region's own thread's: 0…1."""
        roots = Stacks(self.frames, tuple((s, w) for s, w in self.stacks if is_thread(self.frames[s[0]])))
        whole = self.folded()
        return {key: ns / whole[key] for key, ns in roots.folded().items()}

    def below(
        self,
        root: Callable[[Frame], bool],
        others: Callable[[Sequence[Frame]], Sequence[Frame]],
        idle: Callable[[Sequence[Frame]], bool] = lambda stack: False,
    ) -> Stacks:
        """What lies below the innermost `root` frame of each stack; a stack without one becomes `others(stack)`.

        A stack of which nothing is left is dropped, and one that is `idle`.
        """
        roots = [root(frame) for frame in self.frames]

        def cut() -> Iterator[tuple[Sequence[Frame], int]]:
            for stack, weight_ns in self.stacks:
                at = next((i for i in reversed(range(len(stack))) if roots[stack[i]]), None)
                frames = [self.frames[number] for number in (stack if at is None else stack[at + 1 :])]
                left = others(frames) if at is None else frames
                if left and not idle(left):
                    yield left, weight_ns

        return Stacks.of(cut())

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


def is_python(file: str) -> bool:
    """Whether a frame of this file is a Python function, and not one of C that a profiler names too."""
    return file.endswith(".py") or (file.startswith("<") and file != "<built-in>")


def _collapsed(frame: Frame) -> str:
    function, file, line = (str(part).replace(";", ":").replace("\n", " ") for part in frame)
    return f"{function} ({file}:{line})" if file else function


def read_collapsed(lines: Iterable[str], sample_ns: int) -> Stacks:
    """Stacks of a sampler that writes `f (file:line);g (file:line) samples`. Raises ValueError naming a bad line."""
    return Stacks.of(_weighted(lines, sample_ns))


def _weighted(lines: Iterable[str], sample_ns: int) -> Iterator[tuple[list[Frame], int]]:
    known: dict[str, Frame] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        text, _, count = line.rstrip("\n").rpartition(" ")
        if not count.isdecimal() or not text:
            raise ValueError(f"line {number} is no stack with a count: {line[:80]!r}")
        stack = []
        for name in text.split(";"):
            if name not in known:
                known[name] = _frame(name)
            stack.append(known[name])
        yield stack, int(count) * sample_ns


def _frame(name: str) -> Frame:
    found = _COLLAPSED.fullmatch(name)
    if found is None or found["file"] is None:
        return name, "", 0
    return found["function"], found["file"], int(found["line"])
