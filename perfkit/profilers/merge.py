"""What several profilers say of the same work, side by side: one line a function, and where they disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from perfkit.profilers import cprofile
from perfkit.profilers.profile import PROFILERS, HotSpot, Profile
from perfkit.profilers.stacks import is_python
from perfkit.profilers.waiting import waits_in

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

    `calls` is of one call of the workload, `call_ns` inclusive and under cProfile.
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
    """The profile that the table follows; operations of torch are no functions, and come last."""
    return min(profiles, key=lambda p: list(PROFILERS).index(p.profiler), default=None)


def lines(profiles: Sequence[Profile], most: int | None = None) -> tuple[Line, ...]:
    """A line for every function of the main profile, or for the `most` with the largest own time; these first."""
    main = main_of(profiles)
    if main is None:
        return ()
    shares = {p.profiler: _folded(p) for p in profiles if p.profiler != "torch"}
    counting = next((p for p in profiles if p.profiler == "cprofile"), main)
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
    )


def disagreements(profiles: Sequence[Profile], most: int = 3) -> tuple[Disagreement, ...]:
    """Where a profiler puts a function's own share well apart from the main one, the widest first."""
    main = main_of(profiles)
    if main is None or main.profiler in ("cprofile", "torch"):
        return ()
    sides = [_Sides(main, other) for other in profiles if other is not main and other.profiler != "torch"]
    widest_first = sorted(
        (disagreement for both in sides for disagreement in both.disagreements()),
        key=lambda d: (-abs(d.one_share - d.other_share), d.function),
    )
    return tuple(widest_first[:most])


class _Sides:
    """The main profile of some work and another one of the same, function by function."""

    def __init__(self, main: Profile, other: Profile) -> None:
        self._main, self._other = main, other
        self._own, self._others = _folded(main), _folded(other)
        self._large = {  # where neither share is, nothing differs
            place for shares in (self._own, self._others) for place, share in shares.items() if share > _APART
        }
        self._waits = _waits_at(main)
        self._hooked = _hooked(other, self._large)
        # of each function, and of all work: the part that the main profiler saw on other threads
        self._elsewhere = main.stacks.elsewhere() if main.stacks else {}
        self._on_others = main.stacks.on_others if main.stacks else 0.0

    def disagreements(self) -> Iterator[Disagreement]:
        """Each function whose two shares differ by more than chance."""
        names = {(h.file, h.line): h.function for p in (self._other, self._main) for h in p.hotspots}
        for place in self._large:
            share, other_share = self._own.get(place, 0.0), self._others.get(place, 0.0)
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
        if self._elsewhere.get(place, 0.0) > _MOSTLY:
            return "it runs on another thread, which that one does not see"
        if self._other.profiler == "cprofile" and self._other.slowdown > _STRETCHED:
            return "its hook stretches what makes more calls"
        return self._why_either()

    def _why_more(self, place: Place, share: float, other_share: float) -> str:
        """What may explain that the other profiler gives a function more."""
        if self._waits.get(place, 0.0) > _APART:
            return "it waits there, and that one counts waiting for work"
        calls = self._hooked.get(place, 0.0)  # that the hook was paid for, in one call of the workload
        if self._other.profiler == "cprofile" and self._other.slowdown > _STRETCHED and calls >= _MANY_CALLS:
            return f"its hook is paid at each of {calls:,.0f} calls, of it or by it"
        if self._on_others > _APART:
            alone = 0.0  # its share of the calling thread's time
            if self._on_others < 1:
                alone = share * (1 - self._elsewhere.get(place, 0.0)) / (1 - self._on_others)
            if abs(alone - other_share) < abs(share - other_share) / 2:
                return "that one sees no other threads, so what it sees is a larger part"
        return self._why_either()

    def _why_either(self) -> str:
        if self._other.profiler == "pyinstrument" and self._other.blurred > _APART:
            return "that one looks only at calls and returns, and the time between two of them is too short for it"
        return "neither threads nor calls explain it"


def _key(spot: HotSpot) -> tuple[str, int, str]:
    """What tells functions apart: the place of a Python function, the name of another."""
    return spot.file, spot.line, "" if is_python(spot.file) else spot.function


def _folded(profile: Profile) -> dict[Place, float]:
    """Share of each Python function and of the C functions that it calls in all work: what all profilers can tell.

    Waiting is no work: the stacks of samplers are without it, and so is what is taken of cProfile's table.
    """
    if profile.stacks is not None:
        busy = profile.stacks.folded()
    else:
        busy = cprofile.folded({key: entry for key, entry in profile.native.items() if not waits_in(key)})
    whole = sum(busy.values()) or 1
    return {key: ns / whole for key, ns in busy.items()}


def _waits_at(main: Profile) -> dict[Place, float]:
    """The part of the wall time that the calling thread waits in each Python function, where the profile knows."""
    if main.profiler != "pyspy" or main.wall is None or main.stacks is None:
        return {}
    running = main.stacks.folded()
    return {
        key: (ns / main.wall_passes - running.get(key, 0) / main.passes) / main.bare_call_ns
        for key, ns in main.wall.folded().items()
    }


def _hooked(profile: Profile, functions: Set[Place]) -> dict[Place, float]:
    """How often cProfile's hook was paid for each of `functions`, called or calling, in one call of the workload."""
    hooked = dict.fromkeys(functions, 0.0)
    if profile.profiler != "cprofile":
        return hooked
    for key, (_, calls, _, _, callers) in profile.native.items():
        if key[:2] in hooked:
            hooked[key[:2]] += calls / profile.passes
        for caller, edge in callers.items():
            if caller[:2] in hooked:
                hooked[caller[:2]] += edge[1] / profile.passes
    return hooked


def _error(share: float, samples: int) -> float:
    """The standard error of a share, of independent samples; 0 for what does not sample."""
    return (max(share * (1 - share), 0.0) / samples) ** 0.5 if samples else 0.0
