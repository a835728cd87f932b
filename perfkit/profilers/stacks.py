"""Weighted call stacks: what a sampling profiler gives, and what a flame graph is drawn from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfkit.profilers.profile import HotSpot

__all__ = ["Frame", "Stacks", "read_collapsed"]

Frame = tuple[str, str, int]  # function, file, line

_COLLAPSED = re.compile(r"(?P<function>.*?)(?: \((?P<file>[^()]*?)(?::(?P<line>\d+))?\))?")


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

    def hotspots(self, seams: Mapping[Frame, str], sample_ns: int = 1) -> tuple[HotSpot, ...]:
        """Each function's own and inclusive time, the largest own time first; `calls` counts samples."""
        own = [0] * len(self.frames)
        inclusive = [0] * len(self.frames)
        for stack, weight_ns in self.stacks:
            if stack:
                own[stack[-1]] += weight_ns
            for number in set(stack):  # a recursive function counts once
                inclusive[number] += weight_ns
        found = [
            HotSpot(
                function=frame[0],
                file=frame[1],
                line=frame[2],
                self_ns=own[number],
                total_ns=inclusive[number],
                calls=inclusive[number] // sample_ns,
                seam=seams.get(frame),
            )
            for number, frame in enumerate(self.frames)
        ]
        return tuple(sorted(found, key=lambda h: (-h.self_ns, -h.total_ns, h.function)))

    def collapsed(self) -> Iterator[str]:
        """One line a stack: `f (file:line);g (file:line) weight`, as flamegraph.pl and speedscope read it."""
        names = [_collapsed(frame) for frame in self.frames]
        for stack, weight_ns in self.stacks:
            yield f"{';'.join([names[number] for number in stack])} {weight_ns}"

    def speedscope(self, name: str, exporter: str) -> dict[str, object]:
        """The document that speedscope.app opens: https://www.speedscope.app/file-format-schema.json."""
        return {
            "$schema": "https://www.speedscope.app/file-format-schema.json",
            "exporter": exporter,
            "name": name,
            "shared": {"frames": [{"name": f, "file": file, "line": line} for f, file, line in self.frames]},
            "profiles": [
                {
                    "type": "sampled",
                    "name": name,
                    "unit": "nanoseconds",
                    "startValue": 0,
                    "endValue": self.total_ns,
                    "samples": [list(stack) for stack, _ in self.stacks],
                    "weights": [weight for _, weight in self.stacks],
                }
            ],
        }


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
    return found["function"], found["file"], int(found["line"] or 0)
