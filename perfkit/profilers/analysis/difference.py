"""Two profiles of the same workload, function by function: what moved, what vanished, what appeared."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from perfkit.errors import UsageError
from perfkit.profilers.analysis.coverage import coverage
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.registry import PROFILERS

__all__ = ["Difference", "Mover", "agrees", "difference", "untold"]

_SLACK = 0.02  # a profile is one run of each side, minutes of the machine apart

_SURE = 2.0  # standard errors
_DRIFT = 0.02  # of a clocked function, from one process to the next: as `_SLACK`, but of each
_LEAST_WAIT = 0.03  # of the wall time

_NOTHING = HotSpot("", "", 0, 0, 0, 0)
_WAITING = ("[waiting]", "", 0)  # what a sampler of running threads does not see of the calling thread's time


class Mover(NamedTuple):
    """One function before and after: its own nanoseconds in one call of the workload. 0: it is not there.

    `noise_ns`: what two profiles of the same work may differ by in this function, by chance and by the machine's drift.
    """

    function: str
    file: str
    line: int
    seam: str | None
    before_ns: float
    after_ns: float
    noise_ns: float = 0.0

    @property
    def change_ns(self) -> float:
        """After minus before: below 0 is time saved."""
        return self.after_ns - self.before_ns

    @property
    def within_noise(self) -> bool:
        """Whether nothing need have moved."""
        return abs(self.change_ns) <= self.noise_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All movers, the largest change first, and what the two profiles say of a whole call.

    Where threads and children do some of the work, a sampler of all of them is consistent with the time of the
    processors and not with the wall's: then `clocks` has that time of one bare call, before and after. `coverage` is
    how much of what there was to see each profile saw.
    """

    profiler: str
    movers: tuple[Mover, ...]
    before_ns: float
    after_ns: float
    error: float  # of log(before / after), from counting whole samples
    bare: float  # before / after of the calls beside them that no profiler saw: how much the machine drifted
    clocks: tuple[float, float] | None = None
    coverage: tuple[float | None, float | None] = (None, None)

    @property
    def running_ns(self) -> tuple[float, float]:
        """The sums before and after, without what waits."""
        waiting = next((m for m in self.movers if m[:3] == _WAITING), None)
        if waiting is None:
            return self.before_ns, self.after_ns
        return self.before_ns - waiting.before_ns, self.after_ns - waiting.after_ns


def difference(before: Profile, after: Profile) -> Difference:
    """Hold two profiles of one profiler against each other, per call.

    Raises UsageError for those of two profilers, or of one at two rates: they do not see the same.
    """
    if before.profiler != after.profiler:
        raise UsageError(
            f"{before.profiler} and {after.profiler} do not see the same", hint="profile both sides with one profiler"
        )
    if before.rate != after.rate and not (before.slowed or after.slowed):
        raise UsageError(
            f"the two profiles were sampled at {before.rate} and {after.rate} a second",
            hint="give both sides the same --rate",
        )
    bare = before.bare_call_ns / after.bare_call_ns
    one, two = ({h[:3]: h for h in p.hotspots} for p in (before, after))  # by function, file and line
    waited = [_waited_ns(p) for p in (before, after)]
    if max(waited) > 0:
        one[_WAITING], two[_WAITING] = (_NOTHING._replace(self_ns=round(ns)) for ns in waited)
    movers = []
    for key in {**one, **two}:
        h, other = one.get(key, _NOTHING), two.get(key, _NOTHING)
        sides = h.self_ns / before.passes, other.self_ns / after.passes
        noise_ns = _noise_ns(h.self_ns, before) ** 2 + _noise_ns(other.self_ns, after) ** 2
        movers.append(Mover(*key, h.seam or other.seam, *sides, _SURE * noise_ns**0.5 + _SLACK * max(sides)))
    movers.sort(key=lambda m: (-abs(m.after_ns - m.before_ns), m.function))
    samples = [p.samples for p in (before, after)]
    return Difference(
        profiler=before.profiler,
        movers=tuple(movers),
        before_ns=sum(m.before_ns for m in movers),
        after_ns=sum(m.after_ns for m in movers),
        bare=bare,
        error=sum(1 / n for n in samples if n),
        clocks=_clocks(before, after),
        coverage=(coverage(before), coverage(after)),
    )


def _waited_ns(profile: Profile) -> float:
    """What the calling thread waits in all calls, where the profile is without it and it matters."""
    spent = profile.spent
    if spent is None or not PROFILERS[profile.profiler].without_waits:
        return 0.0
    if spent.waiting_ns <= _LEAST_WAIT * spent.wall_ns:
        return 0.0
    return spent.waiting_ns / profile.bare_passes * profile.passes


def _clocks(before: Profile, after: Profile) -> tuple[float, float] | None:
    """Processor time of one bare call of either side, where the profiler sees more than the calling thread and must.

    With the time in which the calling thread stood ready: it is sampled then as well.
    """
    one, two = before.spent, after.spent
    if PROFILERS[before.profiler].sees != "processes" or one is None or two is None:
        return None
    if not any(s.all_running_ns - s.running_ns > _LEAST_WAIT * s.wall_ns for s in (one, two)):
        return None
    first, second = (s.all_running_ns + max(0, s.queued_ns) for s in (one, two))
    return first / before.bare_passes, second / after.bare_passes


def _noise_ns(own_ns: float, profile: Profile) -> float:
    """The standard error of a function's own time in one call: of counting samples, or of clocking one process."""
    if profile.samples and profile.seen_ns:
        one_ns = profile.seen_ns / profile.samples
        return float((max(own_ns, one_ns) * one_ns) ** 0.5 / profile.passes)
    return _DRIFT * own_ns / profile.passes


def agrees(found: Difference, point: float, low: float, high: float) -> bool | None:
    """Whether the sum of the movers is the timed speed-up `point` (`low`–`high`), within what both sides can tell.

    Of several threads it is held against the time of the processors, and the timed speed-up says nothing.

    None where that is more than the speed-up itself, or one side has no time at all: then nothing could disagree.
    """
    if not found.before_ns or not found.after_ns:
        return None
    if found.clocks is not None:
        (one, two), (before_ns, after_ns) = found.clocks, found.running_ns
        allowed, due, seen = found.error + 2 * _SLACK, math.log(one / two), math.log(before_ns / after_ns)
    else:
        allowed, due = _timed_error(point, low, high) + found.error + _SLACK, math.log(point)
        seen = math.log(found.before_ns / found.after_ns)
    return None if allowed >= abs(due) else abs(seen - due) <= allowed


def untold(found: Difference, point: float, low: float, high: float) -> str:
    """Why `agrees` says nothing: which of its parts is more than the speed-up can bear."""
    if not found.before_ns or not found.after_ns:
        return "one side has no time in it"
    if found.clocks is not None:
        return "too few samples to tell" if found.error > _SLACK else "the change is too small to tell"
    timed, change = _timed_error(point, low, high), abs(math.log(point))
    if change <= _SLACK:
        return "the change is too small to tell"
    if timed >= max(found.error, change / 2):
        return "the timed interval is too wide to tell"
    if found.error >= change / 2:
        return "too few samples to tell"
    return "the change is too small to tell"


def _timed_error(point: float, low: float, high: float) -> float:
    return max(math.log(high / point), math.log(point / low))
