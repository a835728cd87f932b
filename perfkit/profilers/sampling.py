"""profiling.sampling: Python's own sampler, from 3.15 on; it reads the stacks of every thread without a pause.

Like py-spy it needs the right to look into another process. It writes a file's name without its folder and the line
that runs, not the function's first: `Sources` finds both again. Child processes and functions of C are not seen, and a
thread that sleeps counts as one that works.
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from perfkit.errors import ProfilerUnavailable
from perfkit.profilers.common.external import OTHERS, ExternalSampler
from perfkit.profilers.common.profile import Profile, sampled
from perfkit.profilers.common.stacks import Frame, Stacks, is_python, read_collapsed, thread_frame, without_bootstrap
from perfkit.profilers.common.waits import waits_at
from perfkit.profilers.profiler import TOO_SHORT, Profiler, Ran, RegionProcess

__all__ = ["SAMPLING", "Sampling", "Sources", "in_thread", "is_here", "region_threads"]

_FRAME = re.compile(r"(?P<file>.+):(?P<function>[^:]+):(?P<line>\d+)")
_THREAD = "tid:"
_MISSED = re.compile(rb"missed \d+ samples")


def is_here() -> bool:
    """Whether this Python has it."""
    return importlib.util.find_spec("profiling") is not None and (
        importlib.util.find_spec("profiling.sampling") is not None
    )


class Sampling(ExternalSampler):
    """Samples the process `pid`. Raises ProfilerUnavailable as `ExternalSampler` does, and when this Python is too old.

    `files` is asked for the files of the modules that the process has loaded, once it was sampled.
    """

    name = "profiling.sampling"
    ready = b"Hz"  # of the statistics that it prints each second
    refusals = ("unable to access process memory", "permission denied", "operation not permitted")

    def __init__(self, pid: int, rate: int, files: Callable[[], Iterable[str]]) -> None:
        self._pid, self._rate, self._files = pid, rate, files
        if not is_here():
            have = ".".join(map(str, sys.version_info[:2]))
            raise ProfilerUnavailable(
                f"profiling.sampling comes with Python 3.15, and this is {have}", hint=f"--with pyspy, or {OTHERS}"
            )
        super().__init__()

    def command(self, output: Path) -> list[str]:
        """`python -m profiling.sampling attach`."""
        words = [sys.executable, "-u", "-m", "profiling.sampling", "attach", "--sampling-rate", str(self._rate)]
        return [*words, "--all-threads", "--realtime-stats", "--collapsed", "--output", str(output), str(self._pid)]

    def read(self, text: str, said: bytes) -> tuple[Stacks, tuple[str, ...]]:
        """Collapsed stacks, every frame the one of its function; a note when it could not keep up."""
        sources = Sources(self._files())
        slow = f"profiling.sampling could not keep up with {self._rate} samples a second; a lower --rate is surer"
        raw = read_collapsed(text.splitlines(), round(1e9 / self._rate))
        frames = [sources.frame(name) for name, _, _ in raw.frames]
        stacks = Stacks.of(([frames[number] for number in stack], weight) for stack, weight in raw.stacks)
        return stacks, (slow,) if _MISSED.search(said) else ()


class Sources:
    """The functions of some source files, by what a sampler says of a frame. The files are parsed, never run."""

    def __init__(self, files: Iterable[str]) -> None:
        self._paths: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(set(map(Path, files))):
            self._paths[path.name].append(path)
        self._known: dict[Path, list[_Function]] = {}

    def frame(self, text: str) -> Frame:
        """`file:function:line`, a line that runs, as the function, its file with the folder, and its first line.

        Line 0 where no source has it, or several have.
        """
        parts = _FRAME.fullmatch(text)
        if parts is None:
            return text, "", 0
        name, line = parts["function"], int(parts["line"])
        found = []
        for path in self._paths.get(parts["file"], ()):
            own = [f for f in self._functions(path, name.rpartition(".")[2]) if f.name == name]
            around = [f for f in own if f.first <= line <= f.last]
            if around:
                found.append((name, str(path), max(around, key=lambda f: f.first).first))
        return found[0] if len(found) == 1 else (name, parts["file"], 0)

    def _functions(self, path: Path, name: str) -> list[_Function]:
        if path not in self._known:
            try:
                text = path.read_text(encoding="utf-8")
                if not name.startswith("<") and name not in text:
                    return []  # hundreds of files are called __init__.py
                tree = ast.parse(text)
            except (OSError, ValueError, SyntaxError, RecursionError):
                self._known[path] = []
            else:
                whole = _Function("<module>", 1, text.count("\n") + 1)
                self._known[path] = [whole, *_within(tree, "")]
        return self._known[path]


class _Function(NamedTuple):
    """A function by its qualified name, and its lines: the first is that of its first decorator."""

    name: str
    first: int
    last: int


_NAMELESS = {ast.Lambda: "<lambda>", ast.GeneratorExp: "<genexpr>"}


def _within(node: ast.AST, prefix: str) -> Iterator[_Function]:
    """All functions below a node of the syntax tree; names begin with `prefix`."""
    for child in ast.iter_child_nodes(node):
        name = getattr(child, "name", "") if isinstance(child, _SCOPES) else _NAMELESS.get(type(child), "")
        if not name or not isinstance(child, ast.stmt | ast.expr):
            yield from _within(child, prefix)
            continue
        lines = [child.lineno, *(d.lineno for d in getattr(child, "decorator_list", ()))]
        yield _Function(prefix + name, min(lines), child.end_lineno or child.lineno)
        inner = "." if isinstance(child, ast.ClassDef) else ".<locals>."
        yield from _within(child, f"{prefix}{name}{inner}")


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def in_thread(stack: Sequence[Frame], region: frozenset[Frame]) -> Sequence[Frame]:
    """A stack outside of the region: `[threads]`, then the work itself; nothing on the threads that run the region."""
    if stack[0] in region:
        return []
    inner = without_bootstrap(stack[1:])
    return [thread_frame("threads"), *inner] if any(is_python(frame[1]) for frame in inner) else []


def region_threads(stacks: Stacks, root: Callable[[Frame], bool]) -> frozenset[Frame]:
    """The outermost frames, one a thread, of the threads that run the region."""
    roots = {number for number, frame in enumerate(stacks.frames) if root(frame)}
    return frozenset(stacks.frames[stack[0]] for stack, _ in stacks.stacks if roots.intersection(stack))


def _read(blank: Profile, ran: Ran, process: RegionProcess) -> Profile:
    others = partial(in_thread, region=region_threads(ran.stacks, process.is_root))
    return sampled(blank, ran.stacks.below(process.is_root, others, waits_at), ran.notes)


SAMPLING = Profiler(
    name="sampling",
    title="profiling.sampling",
    sampler=lambda process, look: Sampling(process.pid, look.rate, process.files),
    read=_read,
    empty=TOO_SHORT,
    is_usual=is_here,
    suggested=False,
    sees="threads",
    samples="evenly",
    has_stacks=True,
    advice=3,
)
