"""One run of a program under one profiler: from outside, or inside of its process, and what that one saw."""

from __future__ import annotations

import os
import resource
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import IO

from perfkit.catalog.installed import is_installed
from perfkit.errors import ProfilerUnavailable
from perfkit.grammar import Function, Program
from perfkit.profilers.analysis import whole
from perfkit.profilers.analysis.code_text import CodeText
from perfkit.profilers.analysis.waiting import Wait, Wall, waits_of
from perfkit.profilers.analysis.whole import HotLine
from perfkit.profilers.common.profile import Profile, hotspots
from perfkit.profilers.common.spent import Spent
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profilers.common.wait_places import working
from perfkit.profilers.profiler import OwnFrames
from perfkit.profilers.pyinstrument import PYINSTRUMENT
from perfkit.profilers.pyspy import PYSPY, Spy, calm_rate, missed_children
from perfkit.profilers.registry import PROFILERS
from perfkit.profiling.attached import AttachedProgram
from perfkit.profiling.each import Missing
from perfkit.profiling.started import Ended, StartedProgram
from perfkit.sources import program as starter
from perfkit.worker.state.leftovers import adopting

__all__ = ["Looked", "ProgramRun"]

_IDLE_PART = 5  # the sampler that sees what waits too takes a fifth of the samples
_WAIT = 0.02  # of the wall time: less is no wait worth a word
_ENOUGH = 50  # samples: with fewer every share is rough
_FEW = "{} samples are few: shares are rough; a higher --rate has more of them"
_DEEP = (
    "py-spy cannot read stacks so deep in the time between two samples: shares of deep functions are too small; "
    "--with cprofile counts every call, and a lower --rate is surer"
)


@dataclass(slots=True, kw_only=True)
class ProgramRun:
    """What one run gave."""

    ended: Ended
    profile: Profile | None = None
    wall: Wall | None = None
    imports_ns: float | None = None
    sampler_ns: int | None = None
    lines: tuple[HotLine, ...] = ()
    missing: list[Missing] = field(default_factory=list)
    left: tuple[str, ...] = ()  # processes that run on, by number and command


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A program, and how it is to be looked at."""

    code: Program
    rate: int
    native: bool
    only: Function | None
    timeout_s: float | None
    text: CodeText = field(default_factory=CodeText)

    def run(self, name: str, stdin: IO[bytes] | None, stdout: int | None, *, fall_back: bool) -> ProgramRun:
        """One run under one profiler; where py-spy cannot look, and `fall_back`, under pyinstrument."""
        needs = PROFILERS[name].needs
        if needs and not is_installed(needs):
            raise ProfilerUnavailable(f"{needs} is not installed", hint=f"pip install {needs}, or --with {PYSPY.name}")
        with adopting(), StartedProgram(self.code.words, stdin=stdin, stdout=stdout) as started:
            run = self._run(name, started, fall_back=fall_back)
            run.left = started.left_running()
            return run

    def _run(self, name: str, started: StartedProgram, *, fall_back: bool) -> ProgramRun:
        if not PROFILERS[name].attaches:
            return self._inside(name, started)
        try:
            return self.outside(started)
        except ProfilerUnavailable as error:
            if not fall_back or not started.waits:
                raise
            cannot = Missing(profiler=name, why=error.message, hint=error.hint)
        run = self._inside(PYINSTRUMENT.name, started)
        run.missing.append(cannot)
        return run

    def outside(self, started: StartedProgram | AttachedProgram) -> ProgramRun:
        """Two samplers beside it: one of what runs, and one, more rarely, of what waits too."""
        idle_rate = max(1, self.rate // _IDLE_PART)
        busy = Spy(started.pid, self.rate, native=self.native, lines=True)
        idle = Spy(started.pid, idle_rate, idle=True, lines=True)
        before_ns = _children_ns()
        ended: Ended | None = None
        try:
            with ExitStack() as both:
                both.callback(busy.end)
                both.callback(idle.end)
                busy.launch()
                idle.launch()
                both.enter_context(busy)
                both.enter_context(idle)
                started.begin(starter.OUTSIDE, self.rate)
                ended = started.wait(self.timeout_s)
        except ProfilerUnavailable as error:
            if ended is None:
                raise
            lost = Missing(profiler=PYSPY.name, why=error.message, hint=error.hint)  # the program has run all the same
            return ProgramRun(ended=ended, wall=_wall(ended.spent, ()), missing=[lost])
        used_ns = _children_ns() - before_ns - (ended.spent.all_running_ns if started.is_child else 0)
        return self._sampled(started.pid, ended, busy, idle, max(0, used_ns))

    def _sampled(self, pid: int, ended: Ended, busy: Spy, idle: Spy, used_ns: int) -> ProgramRun:
        name = PurePath(self.code.name).name
        threads = whole.thread_names(busy.stacks, idle.stacks)
        every, waiting = (whole.of_program(spy.stacks, pid, starter.FILE, name, threads) for spy in (busy, idle))
        own, lined = whole.own_thread(every), self._restricted(whole.working(every))
        spent, rest = ended.spent, whole.own_thread(waiting)
        waits = whole.waits_between(
            (rest, spent.wall_ns),
            (own, spent.running_ns + spent.queued_ns),
            1e9 * _IDLE_PART / self.rate,
            self.text,
        )
        deep = (_DEEP,) if calm_rate(lined, self.rate) < self.rate else ()
        profile = self._profile(PYSPY.name, ended, lined, (*busy.notes, *deep))
        profile = replace(profile, wall=whole.by_function(rest, self.text), wall_passes=1)
        return ProgramRun(
            ended=ended,
            profile=replace(profile, notes=(*profile.notes, *missed_children(profile, profile.sampled))),
            wall=_wall(spent, waits if ended.known else ()),
            imports_ns=spent.running_ns * whole.import_share(own),
            sampler_ns=used_ns,
            lines=whole.hot_lines(lined, profile.hotspots, self.text),
        )

    def _inside(self, name: str, started: StartedProgram) -> ProgramRun:
        """A profiler of its own process, which sees the main thread."""
        inside = PROFILERS[name].of_program
        started.begin(inside.collector, self.rate)
        ended = started.wait(self.timeout_s)
        kept = started.profile()
        if not kept:
            return ProgramRun(ended=ended, missing=[_nothing(name, ended)])
        own = OwnFrames(files=frozenset({starter.FILE, inside.collector}), root=starter.ROOT)
        profile, lined = inside.read(_blank(name, ended), kept, own)
        if lined is not None:
            return self._by_line(profile, lined, ended)
        wall = _wall(ended.spent, ())
        if inside.empty and not profile.hotspots:
            why = f"{PROFILERS[name].title} saw nothing"
            return ProgramRun(ended=ended, wall=wall, missing=[Missing(profiler=name, why=why, hint=inside.empty)])
        return ProgramRun(ended=ended, profile=profile, wall=wall)

    def _by_line(self, seen: Profile, lined: Stacks, ended: Ended) -> ProgramRun:
        """What a sampler of the main thread gives; `lined` has what waits too."""
        busy = self._restricted(working(lined))
        profile = replace(
            self._profile(seen.profiler, ended, busy, ()),
            native=seen.native,
            samples=seen.samples,
            wall=whole.by_function(lined, self.text),
            wall_passes=1,
        )
        waits = waits_of([profile], ended.spent.wall_ns, ended.spent.asleep_ns)[1]
        return ProgramRun(
            ended=ended,
            profile=profile,
            wall=_wall(ended.spent, waits, by=seen.profiler),
            imports_ns=ended.spent.running_ns * whole.import_share(working(lined)),
            lines=whole.hot_lines(busy, profile.hotspots, self.text),
        )

    def _profile(self, name: str, ended: Ended, lined: Stacks, notes: tuple[str, ...]) -> Profile:
        stacks = whole.by_function(lined, self.text)
        taken = round(lined.total_ns * self.rate / 1e9)
        notes = (*notes, *((_FEW.format(taken),) if 0 < taken < _ENOUGH else ()))
        blank = _blank(name, ended)
        return replace(blank, rate=self.rate, samples=taken, stacks=stacks, hotspots=hotspots(stacks, {}), notes=notes)

    def _restricted(self, lined: Stacks) -> Stacks:
        only = self.only
        return lined if only is None else whole.below(lined, lambda frame: _is_that(only, frame))


def _is_that(function: Function, frame: Frame) -> bool:
    """Whether a frame is that of a function by name. A module is known by the end of its file's path."""
    name, file, _ = frame
    if name not in (function.name, function.name.rpartition(".")[2]):
        return False
    if function.in_file:
        return os.path.realpath(file) == os.path.realpath(function.where)
    inner = f"{os.sep}{function.where.replace('.', os.sep)}"
    return file.endswith((f"{inner}.py", f"{inner}{os.sep}__init__.py"))


def _blank(name: str, ended: Ended) -> Profile:
    wall_ns = max(1, ended.spent.wall_ns)
    return Profile(
        profiler=name,
        passes=1,
        total_ns=wall_ns,
        bare_passes=1,
        bare_ns=wall_ns,
        hotspots=(),
        spent=ended.spent if ended.known else None,
    )


def _wall(spent: Spent, waits: tuple[Wait, ...], by: str = PYSPY.name) -> Wall:
    return Wall(
        call_ns=spent.wall_ns,
        running_ns=spent.running_ns,
        waiting_ns=spent.waiting_ns,
        queued_ns=spent.queued_ns,
        threads_ns=max(0, spent.threads_ns),
        children_ns=max(0, spent.children_ns),
        by=by if waits else "",
        waits=tuple(wait for wait in waits if wait.ns > _WAIT * spent.wall_ns),
    )


def _nothing(name: str, ended: Ended) -> Missing:
    why = f"{PROFILERS[name].title} saw nothing: the program left before its table could be kept"
    return Missing(profiler=name, why=why, hint="--with pyspy looks from outside")


def _children_ns() -> int:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((used.ru_utime + used.ru_stime) * 1e9)
