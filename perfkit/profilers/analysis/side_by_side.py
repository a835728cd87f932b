"""What several profilers say of the same work, side by side: one line a function, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfkit import numbers
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.common.stacks import is_python
from perfkit.profilers.registry import PROFILERS

__all__ = ["Disagreement", "Line", "disagreements", "lines", "main_of"]

_APART = 0.03  # of the whole: less than this is not worth a reader's time
_SURE = 3.0  # standard errors
_STRETCHED = 1.1  # times as long: below, the hook explains nothing
_MANY_CALLS = 50  # of one function in one call of the workload
_MOSTLY = 0.5  # of a function's time

Place = tuple[str, int]  # file and line of a Python function


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One function: its shares as the main profiler has them, its own share in each, and its calls if counted.

    `calls` is of one call of the workload, `call_ns` inclusive and under cProfile; `device_ns` what a device did for it
    in one call of the workload.
    """

    function: str
    file: str
    line: int
    seam: str | None
    own: float
    total: float
    shares: Mapping[str, float]
    calls: float | None
    call_ns: float | None
    device_ns: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A function whose own share two profilers put apart by more than chance, and why that may be."""

    function: str
    one: str
    one_share: float
    other: str
    other_share: float
    why: str


def main_of(profiles: Sequence[Profile]) -> Profile | None:
    """The profile that the table follows: that of the first profiler in the order of `PROFILERS`."""
    return min(profiles, key=lambda p: list(PROFILERS).index(p.profiler), default=None)


def lines(profiles: Sequence[Profile], most: int | None = None) -> tuple[Line, ...]:
    """A line for every function of the main profile, or for the `most` with the largest own time; these first."""
    main = main_of(profiles)
    if main is None:
        return ()
    shares = {p.profiler: _folded(p) for p in profiles if not PROFILERS[p.profiler].operations}
    counting = next((p for p in profiles if PROFILERS[p.profiler].counts_calls), main)
    counted = {_key(h): h for h in counting.hotspots if h.calls}
    return tuple(_line(spot, main, shares, counted.get(_key(spot)), counting.passes) for spot in main.hotspots[:most])


def _line(
    spot: HotSpot, main: Profile, shares: Mapping[str, Mapping[Place, float]], counted: HotSpot | None, passes: int
) -> Line:
    """One function of the main profile; `counted`: the same where its calls were counted, in `passes` of the work."""
    place, whole = (spot.file, spot.line), main.seen_ns or 1
    return Line(
        function=spot.function,
        file=spot.file,
        line=spot.line,
        seam=spot.seam,
        own=spot.self_ns / whole,
        total=min(1.0, spot.total_ns / whole),
        shares={name: own[place] for name, own in shares.items() if place in own},
        calls=counted.calls / passes if counted else None,
        call_ns=counted.total_ns / counted.calls if counted else None,
        device_ns=spot.device_ns / main.passes,
    )


def disagreements(profiles: Sequence[Profile], most: int = 3) -> tuple[Disagreement, ...]:
    """Where a profiler puts a function's own share well apart from the main one, the widest first."""
    main = main_of(profiles)
    if main is None or not PROFILERS[main.profiler].samples:
        return ()
    sides = [
        _Sides(main, other) for other in profiles if other is not main and not PROFILERS[other.profiler].operations
    ]
    widest_first = sorted(
        (disagreement for both in sides for disagreement in both.disagreements()),
        key=lambda d: (-abs(d.one_share - d.other_share), d.function),
    )
    return tuple(widest_first[:most])


class _Sides:
    """The main profile of some work and another one of the same, function by function."""

    def __init__(self, main: Profile, other: Profile) -> None:
        self._main, self._other = main, other
        self._main_share, self._other_share = _folded(main), _folded(other)
        self._large = {  # where neither share is, nothing differs
            place
            for shares in (self._main_share, self._other_share)
            for place, share in shares.items()
            if share > _APART
        }
        self._waiting = _waiting_part(main)
        stretched = other.slowdown > _STRETCHED and PROFILERS[other.profiler].counts_calls
        self._hook = f"{PROFILERS[other.profiler].title}'s hook" if stretched else ""  # that is felt
        hooked = PROFILERS[other.profiler].hooked
        self._hooked = hooked(other) if hooked is not None else {}
        # what the main profiler saw on other threads: a part of each function's own time, and of all time
        self._threads_part_of = main.stacks.elsewhere() if main.stacks else {}
        self._threads_part = main.stacks.on_others if main.stacks else 0.0

    def disagreements(self) -> Iterator[Disagreement]:
        """Each function whose two shares differ by more than chance."""
        names = {(h.file, h.line): h.function for p in (self._other, self._main) for h in p.hotspots}
        for place in self._large:
            share, other_share = self._main_share.get(place, 0.0), self._other_share.get(place, 0.0)
            chance = _error(share, self._main.samples) + _error(other_share, self._other.samples)
            if abs(share - other_share) > max(_APART, _SURE * chance):
                yield Disagreement(
                    function=names[place],
                    one=self._main.profiler,
                    one_share=share,
                    other=self._other.profiler,
                    other_share=other_share,
                    why=self._why(place, share, other_share),
                )

    def _why(self, place: Place, share: float, other_share: float) -> str:
        """What may explain the two shares of one function."""
        if other_share > share:
            return self._why_more(place, share, other_share)
        if self._threads_part_of.get(place, 0.0) > _MOSTLY:
            return "it runs on another thread, which the second does not see"
        if self._hook:
            return f"{self._hook} slows what makes many calls"
        return self._why_either()

    def _why_more(self, place: Place, share: float, other_share: float) -> str:
        """What may explain that the other profiler gives a function more; both shares are 0…1 of all work."""
        if self._waiting.get(place, 0.0) > _APART:
            return "it waits there, and the second counts waiting as work"
        hooks = self._hooked.get(place, 0.0)  # in one call of the workload
        if self._hook and hooks >= _MANY_CALLS:
            return f"{self._hook} runs at each of {numbers.calls(hooks)} calls, of it or by it"
        if self._threads_part > _APART:
            alone = 0.0  # its share of the calling thread's time
            if self._threads_part < 1:
                alone = share * (1 - self._threads_part_of.get(place, 0.0)) / (1 - self._threads_part)
            if abs(alone - other_share) < abs(share - other_share) / 2:
                return "the second sees no other threads, so its shares are larger"
        return self._why_either()

    def _why_either(self) -> str:
        if self._other.blurred > _APART:
            title = PROFILERS[self._other.profiler].title
            return f"{title} samples only at calls and returns, which come too close together"
        return "neither threads nor calls explain it"


def _key(spot: HotSpot) -> tuple[str, int, str]:
    """What tells functions apart: the place of a Python function, the name of another."""
    return spot.file, spot.line, "" if is_python(spot.file) else spot.function


def _folded(profile: Profile) -> dict[Place, float]:
    """Share of each Python function and of the C functions that it calls in all work: what all profilers can tell.

    Waiting is no work: the stacks of samplers are without it, and so is what is taken of a table of calls.
    """
    busy = _busy(profile)
    whole = sum(busy.values()) or 1
    return {key: ns / whole for key, ns in busy.items()}


def _busy(profile: Profile) -> Mapping[Place, float]:
    """Own nanoseconds of each Python function; as they stand, from a profiler that has nothing better."""
    if profile.stacks is not None:
        return profile.stacks.folded()
    busy = PROFILERS[profile.profiler].busy
    if busy is not None:
        return busy(profile)
    own_ns: dict[Place, float] = {}
    for spot in profile.hotspots:
        own_ns[spot.file, spot.line] = own_ns.get((spot.file, spot.line), 0) + spot.self_ns
    return own_ns


def _waiting_part(main: Profile) -> dict[Place, float]:
    """How long the calling thread waits in each Python function, as a part of the wall time of a call: 0…1."""
    if not PROFILERS[main.profiler].is_outside or main.wall is None or main.stacks is None:
        return {}
    running = main.stacks.folded()
    return {
        key: (ns / main.wall_passes - running.get(key, 0) / main.passes) / main.bare_call_ns
        for key, ns in main.wall.folded().items()
    }


def _error(share: float, samples: int) -> float:
    """The standard error of a share, of independent samples; 0 for what does not sample."""
    return (max(share * (1 - share), 0.0) / samples) ** 0.5 if samples else 0.0
