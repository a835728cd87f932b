"""What every profiler gives: weighted functions of one measured region, and where it has them, weighted stacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from perfkit.profilers.common.spent import Spent
from perfkit.profilers.common.stacks import Frame, Seams, Stacks

__all__ = ["HotSpot", "Profile", "hotspots", "sampled"]


class HotSpot(NamedTuple):  # a table has 10^5 of them: made in a fifth of the time that a frozen dataclass takes
    """One function: time in itself and including what it called, in nanoseconds, over all calls.

    `calls` is 0 where the profiler does not count them. `seam` is the seam that the function stands for, or else the
    innermost one around it, where that is known. `device_ns`: what a device did for it, where one did.
    """

    function: str
    file: str
    line: int
    self_ns: int
    total_ns: int
    calls: int
    seam: str | None = None
    device_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profiler's view of `passes` calls of a workload.

    `total_ns` is their time under the profiler, `bare_ns` that of `bare_passes` calls without it, in the same process.
    `rate` is in samples a second, of which `samples` were taken; both 0 for what does not sample. `notes` are the
    profiler's own warnings. `native` holds what only its own format can carry: a table, or a session. `blurred` is the
    part of the time that it cannot tell apart; `spent` says where the time of the bare calls went. `wall`
    are the stacks of the calling thread over `wall_passes` calls, whether it ran or waited, where they are known.
    `seams` are the functions in the table of seams; `codes` tells how many functions a label of cProfile's stands for.
    """

    profiler: str
    passes: int
    total_ns: int
    bare_passes: int
    bare_ns: int
    hotspots: tuple[HotSpot, ...]
    rate: int = 0
    samples: int = 0
    stacks: Stacks | None = None
    notes: tuple[str, ...] = ()
    spent: Spent | None = None
    wall: Stacks | None = None
    wall_passes: int = 0
    blurred: float = 0.0
    slowed: bool = False  # sampled at a lower rate than was asked for
    codes: Mapping[tuple[str, int, str], int] = field(default_factory=dict)
    seams: Seams = field(default_factory=dict)
    native: Any = field(default=None, repr=False)

    @property
    def sampled(self) -> Stacks:
        """The stacks of a profiler that samples. Raises ValueError of one that does not."""
        if self.stacks is None:
            raise ValueError(f"{self.profiler} takes no samples")
        return self.stacks

    @property
    def bare_call_ns(self) -> float:
        """Nanoseconds of one call without the profiler."""
        return self.bare_ns / self.bare_passes

    @property
    def slowdown(self) -> float:
        """How many times longer the work took under the profiler."""
        return self.total_ns / self.passes / self.bare_call_ns

    @property
    def seen_ns(self) -> int:
        """All time that the profiler gave to some function."""
        return sum(h.self_ns for h in self.hotspots)


def hotspots(
    stacks: Stacks,
    seams: Seams,
    calls: Mapping[Frame, int] | None = None,
    device_ns: Mapping[Frame, int] | None = None,
) -> tuple[HotSpot, ...]:
    """Every function of the stacks, the largest own time first."""
    counted, worked = calls or {}, device_ns or {}
    found = [
        HotSpot(*frame, own.self_ns, own.total_ns, counted.get(frame, 0), own.seam, worked.get(frame, 0))
        for frame, own in stacks.functions(seams).items()
    ]
    return tuple(sorted(found, key=lambda h: (-h.self_ns, -h.total_ns, h.function)))


def sampled(blank: Profile, stacks: Stacks, notes: tuple[str, ...]) -> Profile:
    """A profile of samples that were taken evenly, at its rate; its notes first."""
    taken = round(stacks.total_ns * blank.rate / 1e9)
    spots = hotspots(stacks, blank.seams)
    return replace(blank, stacks=stacks, hotspots=spots, samples=taken, notes=(*blank.notes, *notes))
