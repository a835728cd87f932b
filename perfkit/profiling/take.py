"""One profile of one variant: a worker runs the region, under a profiler of its own or watched from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from perfkit.engine.process import WorkerHandle
from perfkit.engine.region import ROOT
from perfkit.errors import ProfilerUnavailable
from perfkit.profilers import cprofile, pyinstrument, sampling, torch_ops
from perfkit.profilers.outside import Outside
from perfkit.profilers.profile import PROFILERS, HotSpot, Profile
from perfkit.profilers.pyspy import Spy, elsewhere, in_thread
from perfkit.profilers.sampling import Sampling
from perfkit.profilers.stacks import Frame, Seams, Stacks, waits

__all__ = ["take"]

_RATES = {"pyspy", "sampling", "pyinstrument"}
_TORCH_PART = 0.25  # torch.profiler keeps every operation: a part of the calls is plenty
_SHORTER = 0.3  # of the duration: less is worth a note


def take(
    name: str,
    worker: WorkerHandle,
    *,
    workload: str,
    size: str,
    recipes: list[str],
    calls: int,
    duration_s: float,
    rate: int,
    native: bool,
) -> Profile:
    """Half of the bare calls, the profiled ones, the other half. Raises ProfilerUnavailable, and what `ask` raises."""
    about = f"{PROFILERS[name]} on {workload}"
    opened = worker.ask("profile_open", about=about, workload=workload, size=size, recipes=recipes)
    seams: Seams = {(file, line): seam for file, line, seam in opened["seams"]}
    if name == "torch":
        calls, duration_s = max(1, int(calls * _TORCH_PART)), duration_s * _TORCH_PART

    outside: dict[str, Callable[[], Outside]] = {
        "pyspy": lambda: Spy(opened["pid"], rate, native=native),
        "sampling": lambda: Sampling(opened["pid"], rate, lambda: worker.ask("profile_files", about=about)["files"]),
    }

    def run(count: int, under: str = "") -> tuple[int, int, Any]:
        made = worker.ask("profile_ready", about=about, calls=count)["calls"]
        if under in outside:
            with outside[under]() as sampler:
                done = worker.ask("profile_run", about=about, under="", rate=rate)
            return made, done["elapsed_ns"], sampler
        done = worker.ask("profile_run", about=about, under=under, rate=rate)
        return made, done["elapsed_ns"], done["raw"]

    half = max(1, calls // 2)
    bare = [run(half)]
    passes, total_ns, raw = run(calls, name)
    bare.append(run(half))
    blank = Profile(
        profiler=name,
        passes=passes,
        total_ns=total_ns,
        bare_passes=sum(count for count, _, _ in bare),
        bare_ns=sum(ns for _, ns, _ in bare),
        hotspots=(),
        rate=rate if name in _RATES else 0,
    )
    found = _READ[name](blank, raw, seams, opened["pid"])
    if found.bare_call_ns * passes < _SHORTER * duration_s * 1e9:
        short = f"{PROFILERS[name]} saw {found.bare_call_ns * passes / 1e9:.2g} s of the {duration_s:g} s asked for"
        found = replace(found, notes=(*found.notes, f"{short}: no more inputs lie ready at once"))
    if not found.hotspots:
        raise ProfilerUnavailable(f"{PROFILERS[name]} saw nothing", hint=_EMPTY[name])
    return found


def _of_cprofile(blank: Profile, raw: Any, seams: Seams, pid: int) -> Profile:
    table = cprofile.table(raw, ROOT)
    return replace(blank, hotspots=cprofile.hotspots(table, seams), native=table)


def _of_pyinstrument(blank: Profile, raw: Any, seams: Seams, pid: int) -> Profile:
    stacks = pyinstrument.stacks(raw).below(_is_root, lambda stack: ())
    taken = len(raw["frame_records"])  # one for each call that outlasts the time between two samples
    return replace(blank, stacks=stacks, hotspots=_hotspots(stacks, seams), samples=taken, native=raw)


def _of_pyspy(blank: Profile, raw: Spy, seams: Seams, pid: int) -> Profile:
    others = partial(in_thread, pid=pid, root=ROOT)
    stacks = raw.stacks.below(_is_root, others, _waits, partial(elsewhere, pid=pid))
    taken = round(stacks.total_ns * blank.rate / 1e9)
    return replace(blank, stacks=stacks, hotspots=_hotspots(stacks, seams), samples=taken, notes=raw.notes)


def _of_sampling(blank: Profile, raw: Sampling, seams: Seams, pid: int) -> Profile:
    others = partial(sampling.in_thread, region=sampling.region_threads(raw.stacks, _is_root))
    stacks = raw.stacks.below(_is_root, others, _waits)
    taken = round(stacks.total_ns * blank.rate / 1e9)
    return replace(blank, stacks=stacks, hotspots=_hotspots(stacks, seams), samples=taken, notes=raw.notes)


def _of_torch(blank: Profile, raw: Any, seams: Seams, pid: int) -> Profile:
    stacks, calls = torch_ops.read(raw)
    return replace(blank, stacks=stacks, hotspots=_hotspots(stacks, seams, calls))


_READ = {
    "cprofile": _of_cprofile,
    "pyinstrument": _of_pyinstrument,
    "pyspy": _of_pyspy,
    "sampling": _of_sampling,
    "torch": _of_torch,
}
_SHORT = "the work ended before the first sample: a longer --duration, or a higher --rate"
_EMPTY = {
    "cprofile": "the workload makes no call",
    "pyinstrument": _SHORT,
    "pyspy": _SHORT,
    "sampling": _SHORT,
    "torch": "the workload runs no operation of torch: --with pyspy,cprofile",
}


def _is_root(frame: Frame) -> bool:
    return (frame[1], frame[0]) == ROOT


def _waits(leaf: Frame) -> bool:
    return waits(leaf[0], leaf[1])


def _hotspots(stacks: Stacks, seams: Seams, calls: Mapping[Frame, int] | None = None) -> tuple[HotSpot, ...]:
    found = [
        HotSpot(
            function=frame[0],
            file=frame[1],
            line=frame[2],
            self_ns=own.self_ns,
            total_ns=own.total_ns,
            calls=(calls or {}).get(frame, 0),
            seam=own.seam,
        )
        for frame, own in stacks.functions(seams).items()
    ]
    return tuple(sorted(found, key=lambda h: (-h.self_ns, -h.total_ns, h.function)))
