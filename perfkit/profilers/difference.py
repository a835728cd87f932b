"""Two profiles of the same workload, function by function: what moved, what vanished, what appeared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from perfkit.errors import UsageError
from perfkit.profilers.profile import HotSpot, Profile

__all__ = ["Difference", "Mover", "agrees", "difference"]

_SLACK = 0.02  # a profile is one run of each side, minutes of the machine apart

_NOTHING = HotSpot("", "", 0, 0, 0, 0)


class Mover(NamedTuple):
    """One function before and after: its own nanoseconds in one call of the workload. 0: it is not there."""

    function: str
    file: str
    line: int
    seam: str | None
    before_ns: float
    after_ns: float

    @property
    def change_ns(self) -> float:
        """After minus before: below 0 is time saved."""
        return self.after_ns - self.before_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All movers, the largest change first, and what the two profiles say of a whole call."""

    profiler: str
    movers: tuple[Mover, ...]
    before_ns: float
    after_ns: float
    error: float  # of log(before / after), from counting whole samples
    bare: float  # before / after of the calls beside them that no profiler saw: how much the machine drifted


def difference(before: Profile, after: Profile) -> Difference:
    """Hold two profiles of one profiler against each other, per call.

    Raises UsageError for those of two profilers, or of one at two rates: they do not see the same.
    """
    if before.profiler != after.profiler:
        raise UsageError(
            f"{before.profiler} and {after.profiler} do not see the same", hint="profile both sides with one profiler"
        )
    if before.rate != after.rate:
        raise UsageError(
            f"the two profiles were sampled at {before.rate} and {after.rate} a second",
            hint="give both sides the same --rate",
        )
    one, two = ({h[:3]: h for h in p.hotspots} for p in (before, after))  # by function, file and line
    movers = []
    for key, h in one.items():
        other = two.pop(key, _NOTHING)
        movers.append(Mover(*key, h.seam or other.seam, h.self_ns / before.passes, other.self_ns / after.passes))
    movers += [Mover(*key, h.seam, 0.0, h.self_ns / after.passes) for key, h in two.items()]
    movers.sort(key=lambda m: (-abs(m.after_ns - m.before_ns), m.function))
    samples = [p.samples for p in (before, after)]
    return Difference(
        profiler=before.profiler,
        movers=tuple(movers),
        before_ns=sum(m.before_ns for m in movers),
        after_ns=sum(m.after_ns for m in movers),
        bare=before.bare_call_ns / after.bare_call_ns,
        error=sum(1 / n for n in samples if n),
    )


def agrees(found: Difference, point: float, low: float, high: float) -> bool | None:
    """Whether the sum of the movers is the timed speed-up `point` (`low`–`high`), within what both sides can tell.

    None where that is more than the speed-up itself, or one side has no time at all: then nothing could disagree.
    """
    if not found.before_ns or not found.after_ns:
        return None
    allowed = max(math.log(high / point), math.log(point / low)) + found.error + _SLACK
    if allowed >= abs(math.log(point)):
        return None
    return abs(math.log(found.before_ns / found.after_ns) - math.log(point)) <= allowed
