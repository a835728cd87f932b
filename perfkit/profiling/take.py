"""One profile of one variant: a worker runs the region, under a profiler of its own or watched from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace

from perfkit import numbers
from perfkit.catalog.installed import is_installed
from perfkit.errors import ProfilerUnavailable
from perfkit.profilers.analysis.code_text import CodeText
from perfkit.profilers.analysis.whole import HotLine, by_function, hot_lines
from perfkit.profilers.common.external import OTHERS, ExternalSampler
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.profiler import Look, Profiler, Ran, Region, RegionProcess
from perfkit.protocol.profiling import ListFiles, OpenedRegion, OpenRegion, PrepareRegion, RunRegion
from perfkit.session.worker_process import WorkerHandle
from perfkit.worker.region import ROOT

__all__ = ["take"]

_SHORTER = 0.3  # of the duration: less is worth a note


def take(
    profiler: Profiler, worker: WorkerHandle, *, region: OpenRegion, calls: int, duration_s: float, look: Look
) -> tuple[Profile, tuple[HotLine, ...]]:
    """Half of the bare calls, the profiled ones, the other half; then what the profiler makes of it, and asks besides.

    And the lines that are hot, where `look` asks for them and the profiler has them. `duration_s`: what so many calls
    take. Raises ProfilerUnavailable, and what `ask` raises.
    """
    _check_installed(profiler)
    open_region = _WorkerRegion(profiler, worker, region)
    calls, duration_s = max(1, int(calls * profiler.part)), duration_s * profiler.part
    half = max(1, calls // 2)
    look = replace(look, lines=look.lines and profiler.by_line is not None)

    before = open_region.bare(half)
    ran, looked = _profiled(profiler, open_region, calls, look)
    after = open_region.bare(half)

    text, lined = CodeText(), ran.stacks
    if look.lines:
        ran = ran._replace(stacks=by_function(lined, text))
    blank = _blank(profiler, ran, (before, after), rate=looked.rate, slowed=looked.rate < look.rate)
    found = profiler.read(replace(blank, seams=open_region.seams), ran, open_region.process)
    if profiler.follow_up is not None:
        found = profiler.follow_up(found, calls, open_region)

    found = _with_shortness(found, profiler, duration_s)
    if not found.hotspots:
        raise ProfilerUnavailable(f"{profiler.title} saw nothing", hint=profiler.empty)
    if profiler.by_line is None or not look.lines:
        return found, ()
    return found, hot_lines(profiler.by_line(lined, open_region.process), found.hotspots, text)


def _check_installed(profiler: Profiler) -> None:
    needs = profiler.needs
    if needs and not is_installed(needs):
        raise ProfilerUnavailable(f"{needs} is not installed", hint=f"pip install {needs}, or {OTHERS}")


def _profiled(profiler: Profiler, region: Region, calls: int, look: Look) -> tuple[Ran, Look]:
    """The calls under the profiler, once more where the first look cannot be trusted; and the look that counts."""
    ran = region.look(calls, look)
    calmer = profiler.calmer(ran, look) if profiler.calmer is not None else None
    return (ran, look) if calmer is None else (region.look(calls, calmer), calmer)


class _WorkerRegion:
    """The region in a worker, run as often as it is asked to: bare, under the profiler, or under one of its `also`."""

    def __init__(self, profiler: Profiler, worker: WorkerHandle, region: OpenRegion) -> None:
        self._profiler, self._worker = profiler, worker
        self._about = f"{profiler.title} on {region.workload}"
        opened: OpenedRegion = worker.ask(region, about=self._about)
        self.seams = {(place.file, place.line): place.seam for place in opened.seams}
        self.process = RegionProcess(pid=opened.pid, root=ROOT, files=self._files)

    def bare(self, calls: int) -> Ran:
        """So many calls under no profiler: only then it is known where the time went."""
        return self._run(calls)

    def look(self, calls: int, look: Look) -> Ran:
        """So many calls under the profiler."""
        start = self._profiler.sampler
        if start is None:
            return self.collect(calls, self._profiler.name, look.rate)
        return self._run(calls, sampler=lambda: start(self.process, look))

    def collect(self, calls: int, name: str, rate: int) -> Ran:
        """So many calls under what runs in the worker by that name."""
        return self._run(calls, under=name, rate=rate)

    def _run(
        self, calls: int, under: str = "", rate: int = 0, sampler: Callable[[], ExternalSampler] | None = None
    ) -> Ran:
        made = self._worker.ask(PrepareRegion(calls=calls), about=self._about).calls
        with nullcontext() if sampler is None else sampler() as beside:
            done = self._worker.ask(RunRegion(under=under, rate=rate), about=self._about)
        ran = Ran(made, done.elapsed_ns, done.spent, done.threads, done.ends, done.raw)
        return ran if beside is None else ran._replace(stacks=beside.stacks, notes=beside.notes)

    def _files(self) -> Sequence[str]:
        return self._worker.ask(ListFiles(), about=self._about).files


def _blank(profiler: Profiler, ran: Ran, bare: tuple[Ran, Ran], *, rate: int, slowed: bool) -> Profile:
    """All but what the profiler saw."""
    first, second = bare
    return Profile(
        profiler=profiler.name,
        passes=ran.passes,
        total_ns=ran.elapsed_ns,
        bare_passes=first.passes + second.passes,
        bare_ns=first.elapsed_ns + second.elapsed_ns,
        hotspots=(),
        rate=rate if profiler.samples else 0,
        spent=first.spent + second.spent,
        notes=(f"the program ends itself: sys.exit({', '.join(ran.ends)})",) if ran.ends else (),
        slowed=slowed,
    )


def _with_shortness(found: Profile, profiler: Profiler, duration_s: float) -> Profile:
    """A profile with a note where far less work was profiled than was asked for."""
    profiled_ns = found.bare_call_ns * found.passes
    if profiled_ns >= _SHORTER * duration_s * 1e9:
        return found
    short = f"{profiler.title} saw {numbers.time(profiled_ns)} of the {numbers.given_seconds(duration_s)} asked for"
    return replace(found, notes=(*found.notes, f"{short}: no more inputs lie ready at once"))
