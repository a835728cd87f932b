"""`profile`: hot spots, and the recipes that replace their seams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from perfkit.profilers.analysis.difference import Difference
from perfkit.profilers.analysis.side_by_side import Disagreement, disagreements, main_of
from perfkit.profilers.analysis.waiting import Wall, wall_of
from perfkit.profilers.common.profile import Profile
from perfkit.profiling.advice import Advice
from perfkit.profiling.each import Missing
from perfkit.profiling.program import ProgramProfiled
from perfkit.profiling.run import Profiled
from perfkit.profiling.timed import Changed, Timed
from perfkit.reasons import signal_name
from perfkit.report.data.envelope import Data, Envelope, Environment, one_of
from perfkit.result import Positive

__all__ = ["HotSpotData", "ProfileDocument", "WallData", "profile_data", "program_data"]


class ProfilerData(Data, frozen=True, kw_only=True):
    """One profiler, and what it cost: of the bare time, or of that of the first run; None of a program's first run."""

    name: str
    slowdown: Positive | None
    total_ns: int
    passes: int
    rate: int
    samples: int
    notes: tuple[str, ...]


class WaitData(Data, frozen=True, kw_only=True):
    """What is called and waits, and the function that calls it."""

    what: str
    function: str
    file: str
    line: int
    ns: float


class WallData(Data, frozen=True, kw_only=True):
    """Where the wall time of one bare call went."""

    call_ns: float
    running_ns: float
    waiting_ns: float
    queued_ns: float
    threads_ns: float
    children_ns: float
    by: str
    waits: tuple[WaitData, ...]


class SeamData(Data, frozen=True, kw_only=True):
    """A seam's share of the workload, and how often a call of it calls the seam."""

    seam: str
    share: float
    calls: float


class HotSpotData(Data, frozen=True, kw_only=True):
    """A function, and the recipes that replace its seam."""

    function: str
    file: str
    line: int
    seam: str | None
    self_ns: int = msgspec.field(name="self")
    total_ns: int = msgspec.field(name="total")
    calls: int
    device_ns: int = 0
    recipes: tuple[str, ...]


class MoverData(Data, frozen=True, kw_only=True):
    """One function before and after."""

    function: str
    file: str
    line: int
    seam: str | None
    before_ns: float
    after_ns: float
    noise_ns: float


class DifferenceData(Data, frozen=True, kw_only=True):
    """What moved between two profiles of one profiler."""

    profiler: str
    movers: tuple[MoverData, ...]
    before_ns: float
    after_ns: float
    error: float
    bare: float
    clocks: tuple[float, float] | None
    coverage: tuple[float | None, float | None]


class ChangeData(Data, frozen=True, kw_only=True):
    """What recipes changed; `on`: those in place before."""

    on: tuple[str, ...]
    timed: Timed | None
    trouble: str
    profilers: tuple[DifferenceData, ...]


class LineData(Data, frozen=True, kw_only=True):
    """A line of a function that is hot."""

    function: str
    file: str
    first_line: int
    line: int
    self_ns: int = msgspec.field(name="self")
    total_ns: int = msgspec.field(name="total")
    source: str


class ProgramData(Data, frozen=True, kw_only=True):
    """A program that was run: its words, what it was restricted to, how it ended, and what only such a run tells.

    Neither an exit code nor a signal where it runs on: it was only looked at.
    """

    words: tuple[str, ...]
    only: str
    exit_code: int | None
    signal: str | None
    stopped: Annotated[str, one_of(["", "timeout", "interrupted"])]
    imports_ns: float | None
    sampler_ns: int | None
    lines: tuple[LineData, ...]
    notes: tuple[str, ...]


class ProfileDocument(Envelope, frozen=True, kw_only=True):
    """perfkit profile"""

    command: Literal["profile"] = "profile"
    status: Annotated[str, one_of(["complete", "interrupted"])]
    target: str
    workload: str
    size: str
    recipes: tuple[str, ...]
    environment: Environment
    profilers: tuple[ProfilerData, ...]
    wall: WallData | None
    missing: tuple[Missing, ...]
    seams: tuple[SeamData, ...]
    advice: tuple[Advice, ...]
    disagreements: tuple[Disagreement, ...]
    hotspots: tuple[HotSpotData, ...]
    change: ChangeData | None
    program: ProgramData | None


def profile_data(profiled: Profiled | Changed) -> ProfileDocument:
    """A profile as plain data; each hot spot names the recipes that replace its seam. Of a change, what came after."""
    change = profiled if isinstance(profiled, Changed) else None
    after = profiled.after if isinstance(profiled, Changed) else profiled
    main = main_of(after.profiles)
    return ProfileDocument(
        status=after.status,
        target=after.target,
        workload=after.workload,
        size=after.size,
        recipes=after.recipes,
        environment=after.environment,
        profilers=tuple(map(_profiler, after.profiles)),
        wall=_wall(wall_of(after.profiles, main)),
        missing=(*(change.before.missing if change else ()), *after.missing),
        seams=tuple(SeamData(seam=s, share=v, calls=after.seam_calls[s]) for s, v in after.seam_shares.items()),
        advice=tuple(after.advice),
        disagreements=tuple(disagreements(after.profiles)),
        hotspots=tuple(_hotspots(main, after.advice)) if main else (),
        change=_change(change) if change else None,
        program=None,
    )


def program_data(found: ProgramProfiled) -> ProfileDocument:
    """A program's profile as plain data."""
    main = main_of(found.profiles)
    code = found.ended.code
    lines = tuple(LineData(**line._asdict()) for line in found.lines)
    return ProfileDocument(
        status=found.status,
        target=found.title,
        workload="",
        size="",
        recipes=(),
        environment=found.environment,
        profilers=tuple(_profiler(p, compared=number > 0) for number, p in enumerate(found.profiles)),
        wall=_wall(found.wall),
        missing=found.missing,
        seams=(),
        advice=(),
        disagreements=tuple(disagreements(found.profiles)),
        hotspots=tuple(_hotspots(main, ())) if main else (),
        change=None,
        program=ProgramData(
            words=found.words,
            only=found.only,
            exit_code=code if code >= 0 and not found.ended.running else None,
            signal=signal_name(-code) if code < 0 else None,
            stopped=found.ended.stopped,
            imports_ns=found.imports_ns,
            sampler_ns=found.sampler_ns,
            lines=lines,
            notes=found.notes,
        ),
    )


def _profiler(p: Profile, *, compared: bool = True) -> ProfilerData:
    return ProfilerData(
        name=p.profiler,
        slowdown=p.slowdown if compared else None,
        total_ns=p.total_ns,
        passes=p.passes,
        rate=p.rate,
        samples=p.samples,
        notes=p.notes,
    )


def _wall(wall: Wall | None) -> WallData | None:
    if wall is None:
        return None
    waits = tuple(WaitData(**w._asdict()) for w in wall.waits)
    return WallData(**{name: getattr(wall, name) for name in WallData.__struct_fields__} | {"waits": waits})


def _hotspots(main: Profile, advice: tuple[Advice, ...]) -> Iterator[HotSpotData]:
    aims: dict[str, list[str]] = {}
    for one in advice:
        for seam in one.seams:
            aims.setdefault(seam, []).append(one.recipe)
    for h in main.hotspots:
        yield HotSpotData(**h._asdict(), recipes=tuple(aims.get(h.seam or "", ())))


def _change(change: Changed) -> ChangeData:
    return ChangeData(
        on=change.before.recipes,
        timed=change.timed,
        trouble=change.trouble,
        profilers=tuple(map(_difference, change.differences)),
    )


def _difference(found: Difference) -> DifferenceData:
    values = {name: getattr(found, name) for name in DifferenceData.__struct_fields__}
    return DifferenceData(**values | {"movers": tuple(MoverData(**m._asdict()) for m in found.movers)})
