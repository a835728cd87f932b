"""py-spy: samples every thread of a process from outside, C extensions too where it is asked and allowed to.

It needs the right to look into another process (ptrace), and slows the work by no more than its pauses.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from perfkit import numbers
from perfkit.errors import ProfilerUnavailable
from perfkit.profilers.common.external import OTHERS, ExternalSampler
from perfkit.profilers.common.false_waits import may_wait_falsely, waits_much, with_false_waits
from perfkit.profilers.common.profile import Profile, sampled
from perfkit.profilers.common.stacks import (
    Frame,
    Stacks,
    is_python,
    is_thread,
    read_collapsed,
    thread_frame,
    without_bootstrap,
)
from perfkit.profilers.common.threads import pool_of
from perfkit.profilers.common.wait_places import Place, by_place
from perfkit.profilers.common.waits import waits_at
from perfkit.profilers.profiler import TOO_SHORT, Look, Profiler, Ran, Region, RegionProcess

__all__ = ["PROCESS", "PYSPY", "THREAD", "Spy", "calm_rate", "elsewhere", "in_thread", "missed_children"]

_BEHIND = re.compile(rb"[0-9.]+m?s behind in sampling")
_COMMAND = re.compile(
    r'process (?P<pid>\d+):"(?P<command>.*?)"(?=;thread \(|;process \d+:"| \d+$)', re.DOTALL | re.MULTILINE
)
_ENDS = re.compile(r"[;\s]+")
_LONGEST = 120  # of a command
PROCESS = re.compile(r'process (?P<pid>\d+):"?(?P<command>.*?)"?')
_FRAME_NS = 12_000  # to read one frame, measured with 300 of them
_ROOM = 2.5  # times as long between two samples
_SURE = 3.0  # standard errors
_MATTERS = 0.005  # of all samples
_CHILDREN, _MOST_CHILDREN = 0.03, 0.7  # children's part of what runs; of that, what it is to see at least
_DEEP = (
    "py-spy cannot read stacks so deep at the rate asked for: it took {rate} samples a second, with a pause for each"
)
THREAD = re.compile(r"thread \((?P<number>[^)]*)\)(?:: (?P<name>.*))?")


class Spy(ExternalSampler):
    """Samples the process `pid`. Raises ProfilerUnavailable as `ExternalSampler` does, and when py-spy is missing."""

    name = "py-spy"
    ready = b"Sampling process"
    refusals = ("permission denied", "operation not permitted")

    def __init__(
        self,
        pid: int,
        rate: int,
        *,
        native: bool = False,
        idle: bool = False,
        pause: bool = False,
        lines: bool = False,
    ) -> None:
        """`idle`: threads that wait too; `lines`: the line that runs in each frame, and not its function's first."""
        self._pid, self._rate, self._idle, self._lines = pid, rate, idle, lines
        self._native, self._pause = native, pause or native
        program = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
        if program is None:
            raise ProfilerUnavailable("py-spy is not installed", hint=f"pip install py-spy, or {OTHERS}")
        self._program = program
        super().__init__()

    def command(self, output: Path) -> list[str]:
        """`py-spy record`."""
        words = [self._program, "record", "--pid", str(self._pid), "--rate", str(self._rate), "--output", str(output)]
        words += ["--format", "raw", "--full-filenames", "--threads", "--subprocesses"]
        words += ["--idle"] if self._idle else []
        words += [] if self._lines else ["--function"]
        # each pause for a sample costs what runs in memory dear: here one function in four read twice its share at 500
        # a second. Without pauses some samples are torn, and skipped; native stacks cannot be had without.
        words += ["--native"] if self._native else []
        return words if self._pause else [*words, "--nonblocking"]

    def read(self, text: str, said: bytes) -> tuple[Stacks, tuple[str, ...]]:
        """Collapsed stacks; a note when it could not keep up."""
        slow = f"py-spy could not keep up with {self._rate} samples a second; a lower --rate is surer"
        stacks = read_collapsed(_with_plain_commands(text), round(1e9 / self._rate))
        return stacks, (slow,) if _BEHIND.search(said) else ()


def calm_rate(stacks: Stacks, rate: int) -> int:
    """The rate at which the deepest stacks that matter can be read in time; `rate` where it is low enough.

    A stack that takes longer to read than the time between two samples is torn when it changes meanwhile, and the
    samples that are late are made up for where stacks are short: deep ones come out at a fraction of their share.
    """
    least_ns, depth = _MATTERS * stacks.total_ns, 0
    for stack, ns in stacks.stacks:
        if ns >= least_ns:
            depth = max(depth, len(stack))
    return min(rate, max(1, int(1e9 / (_ROOM * _FRAME_NS * max(1, depth)))))


def _with_plain_commands(text: str) -> list[str]:
    """Lines of stacks; py-spy writes a process's command as it is, and it may hold what ends a frame or a line."""
    clean = _COMMAND.sub(lambda m: f'process {m["pid"]}:"{_ENDS.sub(" ", m["command"])[:_LONGEST]}"', text)
    return clean.splitlines()


def elsewhere(frame: Frame, pid: int) -> bool:
    """Whether what lies below a frame is another process than `pid`: a child, which may have its parent's stack."""
    process = PROCESS.fullmatch(frame[0])
    return process is not None and int(process["pid"]) != pid


def in_thread(
    stack: Sequence[Frame], pid: int, root: tuple[str, str] = ("", ""), names: Mapping[str, str] | None = None
) -> Sequence[Frame]:
    """A stack outside of the region: `[threads NAME]`, then the work itself; `[process COMMAND]` before it in a child.

    Threads of one pool are one; `names` are those of threads of `pid` by the system's number, where that is known:
    py-spy's own may be those of threads that ended before. Nothing for the main thread of `pid`, which is perfkit's own
    before and after. A child that was forked in the region has the frames of its parent, down to `root` (file,
    function): they are cut.
    """
    above: list[Frame] = []
    for at, frame in enumerate(stack):
        process, thread = PROCESS.fullmatch(frame[0]), THREAD.fullmatch(frame[0])
        if process and int(process["pid"]) != pid:
            above.append(thread_frame(f"process {process['command']}"))
        elif thread:
            name = thread["name"] or ""
            if names and not above and name != "MainThread":
                name = names.get(thread["number"], "")
            inner = stack[at + 1 :]
            starts = [i for i, f in enumerate(inner) if (f[1], f[0]) == root]
            inner = without_bootstrap(inner[starts[0] + 1 :] if starts else inner)
            if not any(is_python(f[1]) for f in inner) or (name == "MainThread" and not above):
                return []
            return [*above, thread_frame(f"threads {pool_of(name) or 'without a name'}"), *inner]
    return []


def _sampler(process: RegionProcess, look: Look) -> Spy:
    return Spy(process.pid, look.rate, native=look.native, idle=look.idle, pause=look.pause, lines=look.lines)


def _read(blank: Profile, ran: Ran, process: RegionProcess) -> Profile:
    others = partial(in_thread, pid=process.pid, root=process.root, names=ran.threads)
    stacks = ran.stacks.below(process.is_root, others, waits_at, partial(elsewhere, pid=process.pid))
    deep = (_DEEP.format(rate=blank.rate),) if blank.slowed else ()
    return sampled(blank, stacks, (*deep, *ran.notes, *missed_children(blank, stacks)))


def _calmer(ran: Ran, look: Look) -> Look | None:
    """A lower rate, and a pause for each sample, where stacks are too deep to be read while they change."""
    rate = calm_rate(ran.stacks, look.rate)
    return replace(look, rate=rate, pause=True) if rate < look.rate else None


def _see_what_waits(found: Profile, calls: int, region: Region) -> Profile:
    """One more pass, of threads that wait too, where that tells something: what waits, or works under such a name."""
    process = region.process
    suspect = may_wait_falsely(process.files())
    if not (suspect or waits_much(found)):
        return found
    try:
        idle = region.look(max(1, calls // 2), Look(rate=found.rate, idle=True, pause=found.slowed))
    except ProfilerUnavailable as error:
        return replace(found, notes=(*found.notes, f"what waits is not known: {error.message}"))
    wall = idle.stacks.below(process.is_root, lambda stack: (), foreign=partial(elsewhere, pid=process.pid))
    seen = replace(found, wall=wall, wall_passes=idle.passes)
    return with_false_waits(seen, _read(found, idle, process).sampled, idle.passes) if suspect else seen


def _by_line(lined: Stacks, process: RegionProcess) -> Stacks:
    others = partial(in_thread, pid=process.pid, root=process.root)
    return lined.below(process.is_root, others, waits_at, partial(elsewhere, pid=process.pid))


def missed_children(blank: Profile, stacks: Stacks) -> tuple[str, ...]:
    """What the children ran by the system's clocks, where py-spy saw much less of it."""
    spent = blank.spent
    if spent is None or spent.children_ns <= _CHILDREN * spent.all_running_ns:
        return ()
    due_ns = spent.children_ns / blank.bare_passes
    seen_ns = sum(ns for s, ns in stacks.stacks if stacks.frames[s[0]][0].startswith("[process ")) / blank.passes
    if seen_ns > _MOST_CHILDREN * due_ns:
        return ()
    seen = numbers.time(seen_ns) if seen_ns else "nothing"
    return (
        f"child processes ran {numbers.time(due_ns)} a call, and py-spy saw {seen} of it: it finds a "
        "process only some time after its start, and one that ends before never",
    )


def _waits(profile: Profile) -> Mapping[Place, float]:
    """Samples of the calling thread, whether it runs or not, less those in which it runs."""
    if profile.wall is None or profile.stacks is None or not profile.wall_passes:
        return {}
    whole = by_place(profile.wall, lambda stack: True)
    running = by_place(profile.stacks, lambda stack: not is_thread(stack[0]))
    found = {}
    for place, ns in whole.items():
        left = ns / profile.wall_passes - running.get(place, 0) / profile.passes
        error = (ns * 1e9 / profile.rate) ** 0.5 / profile.wall_passes  # of counting samples
        if left > _SURE * error:
            found[place] = left
    return found


PYSPY = Profiler(
    name="pyspy",
    title="py-spy",
    sampler=_sampler,
    read=_read,
    empty=f"{TOO_SHORT}; what only waits is not sampled",
    sees="processes",
    samples="evenly",
    has_stacks=True,
    without_waits=True,
    calmer=_calmer,
    follow_up=_see_what_waits,
    by_line=_by_line,
    advice=1,
    waits=_waits,
    attaches=True,
)
