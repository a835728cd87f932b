"""One profile of one variant: a worker runs the region, under a profiler of its own or watched from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any, NamedTuple

from perfkit.catalog.installed import is_installed
from perfkit.errors import ProfilerUnavailable
from perfkit.profilers import cprofile, pyinstrument, sampling, slices, torch_ops
from perfkit.profilers.code_text import CodeText
from perfkit.profilers.external import OTHERS, ExternalSampler
from perfkit.profilers.profile import PROFILERS, HotSpot, Profile
from perfkit.profilers.pyspy import Spy, calm_rate, elsewhere, in_thread, may_mistake, mistaken
from perfkit.profilers.sampling import Sampling
from perfkit.profilers.spent import Spent
from perfkit.profilers.stacks import Frame, Seams, Stacks
from perfkit.profilers.waiting import working
from perfkit.profilers.waits import waits
from perfkit.profilers.whole import HotLine, by_function, hot_lines
from perfkit.protocol.profiling import ListFiles, OpenRegion, PrepareRegion, RunRegion
from perfkit.session.process import WorkerHandle
from perfkit.worker.region import ROOT

__all__ = ["hotspots", "missed_children", "take"]

_RATES = {"pyspy", "sampling", "pyinstrument"}
_TORCH_PART = 0.25  # torch.profiler keeps every operation: a part of the calls is plenty
_WALL = "wall"  # py-spy once more, of what waits too
_PAUSED = "paused"  # py-spy once more, the work standing still while it is read
_DEEP = (
    "py-spy cannot read stacks so deep at the rate asked for: it took {rate} samples a second, with a pause for each"
)
_WAITS_MUCH = 0.03  # of the wall time
_BLURRED = 0.1  # of the time
_CHILDREN, _MOST_CHILDREN = 0.03, 0.7  # children's part of what runs; of that, what it is to see at least
_FEW, _SLICED_NS = 20, 5e8  # calls, and time: enough to know how it is sliced
_SHORTER = 0.3  # of the duration: less is worth a note


def _check_installed(name: str) -> None:
    if name == "torch" and not is_installed("torch"):
        raise ProfilerUnavailable("torch is not installed", hint=f"pip install torch, or {OTHERS}")


def take(
    name: str,
    worker: WorkerHandle,
    *,
    region: OpenRegion,
    calls: int,
    duration_s: float,
    rate: int,
    native: bool,
    lines: bool = False,
) -> tuple[Profile, tuple[HotLine, ...]]:
    """Half of the bare calls, the profiled ones, the other half; and the lines that are hot, where they are asked for.

    Raises ProfilerUnavailable, and what `ask` raises."""
    _check_installed(name)
    about = f"{PROFILERS[name]} on {region.workload}"
    opened = worker.ask(region, about=about)
    seams: Seams = {(place.file, place.line): place.seam for place in opened.seams}
    if name == "torch":
        calls, duration_s = max(1, int(calls * _TORCH_PART)), duration_s * _TORCH_PART

    outside: dict[str, Callable[[], ExternalSampler]] = {
        "pyspy": lambda: Spy(opened.pid, rate, native=native, lines=lines),
        _WALL: lambda: Spy(opened.pid, rate, idle=True, pause=slowed),
        _PAUSED: lambda: Spy(opened.pid, rate, native=native, pause=True, lines=lines),
        "sampling": lambda: Sampling(opened.pid, rate, lambda: worker.ask(ListFiles(), about=about).files),
    }

    slowed = False

    def run(count: int, under: str = "") -> _Ran:
        made = worker.ask(PrepareRegion(calls=count), about=about).calls
        sampler = outside[under]() if under in outside else None
        with sampler if sampler is not None else nullcontext():
            done = worker.ask(RunRegion(under="" if sampler else under, rate=rate), about=about)
        raw = sampler if sampler is not None else done.raw
        return _Ran(made, done.elapsed_ns, raw, done.spent, done.threads, done.ends)

    half = max(1, calls // 2)
    bare = [run(half)]
    ran = run(calls, name)
    calm = calm_rate(ran.raw.stacks, rate) if name == "pyspy" else rate
    if calm < rate:
        rate, slowed = calm, True
        ran = run(calls, _PAUSED)
    bare.append(run(half))
    blank = Profile(
        profiler=name,
        passes=ran.passes,
        total_ns=ran.elapsed_ns,
        bare_passes=sum(b.passes for b in bare),
        bare_ns=sum(b.elapsed_ns for b in bare),
        hotspots=(),
        rate=rate if name in _RATES else 0,
        spent=bare[0].spent + bare[1].spent,
        notes=(*_ends(ran.ends), *((_DEEP.format(rate=rate),) if slowed else ())),
        seams=seams,
        slowed=slowed,
    )
    text = CodeText()
    lined = _lined(ran, text, lines)
    found = _READ[name](blank, ran, seams, opened.pid)
    suspect = name == "pyspy" and may_mistake(worker.ask(ListFiles(), about=about).files)
    if name == "pyspy" and (suspect or _waits_much(found)):
        try:
            idle = run(max(1, calls // 2), _WALL)
        except ProfilerUnavailable as error:
            found = replace(found, notes=(*found.notes, f"what waits is not known: {error.message}"))
        else:
            stacks = idle.raw.stacks.below(_is_root, lambda stack: (), foreign=partial(elsewhere, pid=opened.pid))
            found = replace(found, wall=stacks, wall_passes=idle.passes)
            found = _with_mistaken(found, _of_pyspy(blank, idle, seams, opened.pid), seams) if suspect else found
    if name == "pyinstrument":
        few = max(1, min(ran.passes, _FEW, int(_SLICED_NS / found.bare_call_ns)))
        part = slices.blurred(run(few, "slices").raw, 1e9 / rate)
        found = replace(found, blurred=part, notes=(*found.notes, *_blur(part, rate)))
    if found.bare_call_ns * ran.passes < _SHORTER * duration_s * 1e9:
        short = f"{PROFILERS[name]} saw {found.bare_call_ns * ran.passes / 1e9:.2g} s of the {duration_s:g} s asked for"
        found = replace(found, notes=(*found.notes, f"{short}: no more inputs lie ready at once"))
    if not found.hotspots:
        raise ProfilerUnavailable(f"{PROFILERS[name]} saw nothing", hint=_EMPTY[name])
    return found, _hot_lines(found, lined, text, opened.pid)


def _lined(ran: _Ran, text: CodeText, lines: bool) -> Stacks:
    """The stacks by line, if they are; those of the run become the ones by function."""
    if not lines:
        return Stacks((), ())
    lined: Stacks = ran.raw.stacks
    ran.raw.stacks = by_function(lined, text)
    return lined


def _hot_lines(found: Profile, lined: Stacks, text: CodeText, pid: int) -> tuple[HotLine, ...]:
    others = partial(in_thread, pid=pid, root=ROOT)
    below = lined.below(_is_root, others, _waits, partial(elsewhere, pid=pid))
    return hot_lines(below, found.hotspots, text)


class _Ran(NamedTuple):
    """The region once: how many calls, how long, what the profiler saw; where the time went, by the system's clocks."""

    passes: int
    elapsed_ns: int
    raw: Any
    spent: Spent
    threads: dict[str, str]
    ends: tuple[str, ...]


def _ends(codes: Sequence[str]) -> tuple[str, ...]:
    return (f"the program ends itself: sys.exit({', '.join(codes)})",) if codes else ()


def _waits_much(profile: Profile) -> bool:
    spent = profile.spent
    return spent is not None and spent.asleep_ns > _WAITS_MUCH * spent.wall_ns


def _blur(part: float, rate: int) -> tuple[str, ...]:
    if part < _BLURRED:
        return ()
    return (
        f"pyinstrument cannot be trusted here: {100 * part:.0f} % of the time lies in slices shorter than the "
        f"{1000 / rate:.2g} ms between its samples, which it takes at calls and returns; raise --rate, or --with pyspy",
    )


def _of_cprofile(blank: Profile, ran: _Ran, seams: Seams, pid: int) -> Profile:
    table = cprofile.table(ran.raw, ROOT)
    return replace(blank, hotspots=cprofile.hotspots(table, seams), native=table, codes=cprofile.codes(ran.raw))


def _of_pyinstrument(blank: Profile, ran: _Ran, seams: Seams, pid: int) -> Profile:
    wall = pyinstrument.stacks(ran.raw).below(_is_root, lambda stack: ())
    stacks = working(wall)
    stacks = stacks if stacks.total_ns else wall
    taken = len(ran.raw["frame_records"])  # one for each call that outlasts the time between two samples
    spots = hotspots(stacks, seams)
    return replace(
        blank, stacks=stacks, hotspots=spots, samples=taken, native=ran.raw, wall=wall, wall_passes=ran.passes
    )


def _of_pyspy(blank: Profile, ran: _Ran, seams: Seams, pid: int) -> Profile:
    others = partial(in_thread, pid=pid, root=ROOT, names=ran.threads)
    stacks = ran.raw.stacks.below(_is_root, others, _waits, partial(elsewhere, pid=pid))
    return _sampled(blank, stacks, seams, (*ran.raw.notes, *missed_children(blank, stacks)))


def _with_mistaken(found: Profile, idle: Profile, seams: Seams) -> Profile:
    """A profile with what py-spy took for waiting by its name, from the pass that sees what waits too.

    Where the program hardly waits it works, and stands to the rest as in that pass. Elsewhere there is no more of it
    than the processors' time leaves room for: whether such a function waits in truth py-spy cannot tell.
    """
    frames = idle.sampled.frames
    left_out = [(s, ns) for s, ns in idle.sampled.stacks if mistaken(*frames[s[-1]][:2])]
    left_out_ns, spent = sum(ns for _, ns in left_out), found.spent
    if spent is None or not left_out_ns:
        return found
    part, rest_ns = found.passes / idle.passes, idle.sampled.total_ns - left_out_ns
    if _waits_much(found):
        room_ns = (spent.all_running_ns + spent.queued_ns) / found.bare_passes * found.passes - found.seen_ns
        part *= max(0.0, min(1.0, room_ns / (left_out_ns * part)))
    elif rest_ns and found.seen_ns:
        part = found.seen_ns / rest_ns
    added = [([frames[number] for number in s], round(ns * part)) for s, ns in left_out]
    own = [([found.sampled.frames[number] for number in s], ns) for s, ns in found.sampled.stacks]
    names = sorted({f"{stack[-1][0]} ({PurePath(stack[-1][1]).name})" for stack, _ in added})
    note = f"py-spy takes {', '.join(names)} for waiting by its name; its samples are from a pass with what waits"
    both = Stacks.of([*own, *((stack, ns) for stack, ns in added if ns)])
    return _sampled(replace(found, notes=(*found.notes, note)), both, seams, ())


def missed_children(blank: Profile, stacks: Stacks) -> tuple[str, ...]:
    """What the children ran by the system's clocks, where py-spy saw much less of it."""
    spent = blank.spent
    if spent is None or spent.children_ns <= _CHILDREN * spent.all_running_ns:
        return ()
    due_ns = spent.children_ns / blank.bare_passes
    seen_ns = sum(ns for s, ns in stacks.stacks if stacks.frames[s[0]][0].startswith("[process ")) / blank.passes
    if seen_ns > _MOST_CHILDREN * due_ns:
        return ()
    return (
        f"child processes ran {due_ns / 1e6:.3g} ms a call, and py-spy saw {seen_ns / 1e6:.3g} ms of it: it finds a "
        "process only some time after its start, and one that ends before never",
    )


def _of_sampling(blank: Profile, ran: _Ran, seams: Seams, pid: int) -> Profile:
    others = partial(sampling.in_thread, region=sampling.region_threads(ran.raw.stacks, _is_root))
    return _sampled(blank, ran.raw.stacks.below(_is_root, others, _waits), seams, ran.raw.notes)


def _sampled(blank: Profile, stacks: Stacks, seams: Seams, notes: tuple[str, ...]) -> Profile:
    taken = round(stacks.total_ns * blank.rate / 1e9)
    return replace(blank, stacks=stacks, hotspots=hotspots(stacks, seams), samples=taken, notes=(*blank.notes, *notes))


def _of_torch(blank: Profile, ran: _Ran, seams: Seams, pid: int) -> Profile:
    stacks, calls = torch_ops.read(ran.raw)
    return replace(blank, stacks=stacks, hotspots=hotspots(stacks, seams, calls))


_READ: dict[str, Callable[[Profile, _Ran, Seams, int], Profile]] = {
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
    "pyspy": f"{_SHORT}; what only waits is not sampled",
    "sampling": _SHORT,
    "torch": "the workload runs no operation of torch: --with pyspy,cprofile",
}


def _is_root(frame: Frame) -> bool:
    return (frame[1], frame[0]) == ROOT


def _waits(leaf: Frame) -> bool:
    return waits(leaf[0], leaf[1])


def hotspots(stacks: Stacks, seams: Seams, calls: Mapping[Frame, int] | None = None) -> tuple[HotSpot, ...]:
    """Every function of the stacks, the largest own time first."""
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
