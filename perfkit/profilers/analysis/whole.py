"""A sampler's stacks of a whole program, all of its processes and threads, and by the line that runs in each frame."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import NamedTuple

from perfkit.profilers.analysis.code_text import CodeText
from perfkit.profilers.analysis.waiting import Wait
from perfkit.profilers.common.profile import HotSpot
from perfkit.profilers.common.stacks import Frame, Stacks, is_python, is_thread, thread_frame, without_bootstrap
from perfkit.profilers.common.threads import pool_of
from perfkit.profilers.common.wait_places import called
from perfkit.profilers.common.waits import is_library, waits
from perfkit.profilers.pyspy import PROCESS, THREAD

__all__ = [
    "HotLine",
    "below",
    "by_function",
    "hot_lines",
    "import_share",
    "of_program",
    "own_thread",
    "thread_names",
    "waits_between",
]

_IMPORT = "_find_and_load"
_IMPORTER = "importlib/_bootstrap.py"
_LONGEST = 60  # characters of a command
_HELPER = re.compile(r"from multiprocessing\.(?P<what>\w+) import")  # a process that multiprocessing starts
_FUNCTIONS, _LINES, _HOT = 3, 5, 0.02  # whose lines are shown, how many of each, and from which part of the whole on
_NOBODY: Frame = ("", "", 0)
_SURE = 3.0  # standard errors


class HotLine(NamedTuple):
    """A line of a function: time in itself and with what it called, in nanoseconds, and its text."""

    function: str
    file: str
    first_line: int
    line: int
    self_ns: int
    total_ns: int
    source: str


def thread_names(*every: Stacks) -> dict[str, str]:
    """The names of threads by their number, from all samples of them: py-spy does not know each of them each time."""
    threads = (THREAD.fullmatch(name) for stacks in every for name, _, _ in stacks.frames)
    return {thread["number"]: thread["name"] for thread in threads if thread is not None and thread["name"]}


def of_program(stacks: Stacks, pid: int, start: str, program: str, names: Mapping[str, str]) -> Stacks:
    """All that is the program's: without the frames of the file `start` above it, each thread and process by its name.

    The main thread of `pid` has no name, other threads have those of `names` where py-spy knows none. A fork has the
    frames of its parent; it is called after the `program`.
    """

    def weighted() -> Iterator[tuple[Sequence[Frame], int]]:
        for numbers, ns in stacks.stacks:
            frames = _named([stacks.frames[number] for number in numbers], pid, start, program, names)
            if frames:
                yield frames, ns

    return Stacks.of(weighted())


def _named(stack: Sequence[Frame], pid: int, start: str, program: str, names: Mapping[str, str]) -> Sequence[Frame]:
    above: list[Frame] = []
    process = str(pid)
    for at, frame in enumerate(stack):
        entered = PROCESS.fullmatch(frame[0])
        if entered is not None:
            process = entered["pid"]
            if int(process) != pid:
                above.append(thread_frame(f"process {_command(entered['command'], start, program)}"))
        elif (thread := THREAD.fullmatch(frame[0])) is not None:
            inner = stack[at + 1 :]
            ours = [i for i, f in enumerate(inner) if f[1] == start]
            inner = inner[ours[-1] + 1 :] if ours else inner
            name = thread["name"] or names.get(thread["number"])
            if not _is_main(thread["number"], name, process):
                above.append(thread_frame(f"threads {pool_of(name or '') or 'without a name'}"))
                inner = without_bootstrap(inner)
            return [*above, *inner] if any(is_python(f[1]) for f in inner) else []
    return []


def _is_main(number: str, name: str | None, process: str) -> bool:
    """Whether a thread is the first of its process, which Linux knows by its number; it has a name once it is asked."""
    return number == process or name == "MainThread" or (name is None and sys.platform != "linux")


def _command(command: str, start: str, program: str) -> str:
    """What a child process is called: several that do the same have one name."""
    if start in command:
        return f"fork of {program}"
    helper = _HELPER.search(command)
    if helper is not None:
        return f"multiprocessing {helper['what']}"
    first, _, rest = command.partition(" ")
    return f"{PurePath(first).name} {rest}".strip()[:_LONGEST]


def own_thread(stacks: Stacks) -> Stacks:
    """The stacks of the main thread alone."""
    return Stacks(stacks.frames, tuple((s, ns) for s, ns in stacks.stacks if not is_thread(stacks.frames[s[0]])))


def working(stacks: Stacks) -> Stacks:
    """The stacks that do not end in a function of the library which only waits."""
    return Stacks(stacks.frames, tuple((s, ns) for s, ns in stacks.stacks if not waits(*stacks.frames[s[-1]][:2])))


def by_function(stacks: Stacks, text: CodeText) -> Stacks:
    """The same with each function's first line in the place of the line that runs."""
    lowest: dict[tuple[str, str], int] = {}
    for function, file, line in stacks.frames:
        lowest[function, file] = min(line, lowest.get((function, file), line))
    frames = [
        (function, file, text.first_line(function, file, line) or lowest[function, file]) if is_python(file) else
        (function, file, line)
        for function, file, line in stacks.frames
    ]  # fmt: skip
    return Stacks.of(([frames[number] for number in stack], ns) for stack, ns in stacks.stacks)


def below(stacks: Stacks, keep: Callable[[Frame], bool]) -> Stacks:
    """What lies below the outermost frame that `keep` takes, that frame among it; without all that has none."""

    def weighted() -> Iterator[tuple[Sequence[Frame], int]]:
        kept = [keep(frame) for frame in stacks.frames]
        for stack, ns in stacks.stacks:
            at = next((i for i, number in enumerate(stack) if kept[number]), None)
            if at is not None:
                yield [stacks.frames[number] for number in stack[at:]], ns

    return Stacks.of(weighted())


def hot_lines(lined: Stacks, spots: Sequence[HotSpot], text: CodeText) -> tuple[HotLine, ...]:
    """The lines of the first few `spots` that take a part of the whole worth a word, in the order of the source."""
    whole = lined.total_ns or 1
    times = lined.functions({})
    found: list[HotLine] = []
    for spot in [s for s in spots if s.file.endswith(".py") and s.self_ns >= _HOT * whole][:_FUNCTIONS]:
        place = spot.function, spot.file, spot.line
        own = [
            HotLine(*place, line, time.self_ns, time.total_ns, text.line(file, line))
            for (function, file, line), time in times.items()
            if (function, file) == place[:2] and (text.first_line(function, file, line) or spot.line) == spot.line
        ]
        hot = sorted((h for h in own if h.self_ns >= _HOT * whole), key=lambda h: -h.self_ns)[:_LINES]
        found += sorted(hot, key=lambda h: h.line)
    return tuple(found)


def import_share(stacks: Stacks) -> float:
    """The part of the stacks in which a module is being imported, its own code among it."""
    importing = [_is_import(frame) for frame in stacks.frames]
    whole = stacks.total_ns or 1
    return sum(ns for stack, ns in stacks.stacks if any(importing[number] for number in stack)) / whole


def _is_import(frame: Frame) -> bool:
    """Whether a module is imported below a frame."""
    function, file, _ = frame
    importer = file.startswith("<frozen importlib._bootstrap") or file.endswith(_IMPORTER)
    return importer and function.rpartition(".")[2] == _IMPORT


def waits_between(
    whole: tuple[Stacks, int], running: tuple[Stacks, int], sample_ns: float, text: CodeText
) -> tuple[Wait, ...]:
    """What waits, the longest first: of all stacks those beyond the stacks of what runs.

    Both by line, each with the nanoseconds that they stand for; one sample of `whole` stands for `sample_ns`.
    """
    all_ns, run_ns = _by_place(*whole), _by_place(*running)
    found: dict[tuple[str, Frame], float] = {}
    for place, ns in all_ns.items():
        left = ns - run_ns.get(place, 0)
        if left > _SURE * (ns * sample_ns) ** 0.5:  # what is left is few: files are read for their names alone
            name = _named_place(*place, text)
            found[name] = found.get(name, 0.0) + left
    waits = [Wait(what, function, file, line, ns) for (what, (function, file, line)), ns in found.items()]
    return tuple(sorted(waits, key=lambda wait: -wait.ns))


Place = tuple[Frame, Frame | None]  # the innermost function that is not the library's, by line, and what it calls there


def _by_place(stacks: Stacks, total_ns: int) -> Mapping[Place, float]:
    """Nanoseconds of each place, of `total_ns` in all: samples that were missed are missing everywhere alike."""
    scale = total_ns / (stacks.total_ns or 1)
    found: dict[Place, float] = {}
    for numbers, ns in stacks.stacks:
        stack = [stacks.frames[number] for number in numbers]
        if any(
            _is_import(frame) for frame in stack
        ):  # where it is torn most, and what it waits for is not the program's
            continue
        place = _place(stack)
        found[place] = found.get(place, 0.0) + ns * scale
    return found


def _place(stack: Sequence[Frame]) -> Place:
    at = next((i for i in range(len(stack) - 1, -1, -1) if is_python(stack[i][1]) and not is_library(stack[i][1])), -1)
    if at < 0:
        return _NOBODY, (stack[-1][0], stack[-1][1], 0)
    below = stack[at + 1] if at + 1 < len(stack) else None
    return stack[at], None if below is None else (below[0], below[1], 0)  # wherever it is in there


def _named_place(frame: Frame, below: Frame | None, text: CodeText) -> tuple[str, Frame]:
    """What is called, as it is written, and the function by its first line."""
    function, file, line = frame
    if frame == _NOBODY:
        return called(below) if below is not None else "", frame
    what = text.call_at(file, line, below[0].rpartition(".")[2] if below is not None else "")
    what = what or (called(below) if below is not None else text.line(file, line).rstrip(":")[:_LONGEST])
    return what, (function, file, text.first_line(function, file, line) or line)
