"""What several profilers say of the same work, side by side: one line a function, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
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
    counted = next((p for p in profiles if p.profiler == "cprofile"), main)
    calls = {_key(h): h for h in counted.hotspots if h.calls}
    whole = main.seen_ns or 1
    found = []
    for spot in main.hotspots[:most]:
        known, place = calls.get(_key(spot)), (spot.file, spot.line)
        found.append(
            Line(
                function=spot.function,
                file=spot.file,
                line=spot.line,
                seam=spot.seam,
                own=spot.self_ns / whole,
                total=min(1.0, spot.total_ns / whole),
                shares={name: own[place] for name, own in shares.items() if place in own},
                calls=known.calls / counted.passes if known else None,
                call_ns=known.total_ns / known.calls if known else None,
            )
        )
    return tuple(found)


def disagreements(profiles: Sequence[Profile], most: int = 3) -> tuple[Disagreement, ...]:
    """Where a profiler puts a function's own share well apart from the main one, the widest first."""
    main = main_of(profiles)
    if main is None or main.profiler in ("cprofile", "torch"):
        return ()
    elsewhere, on_others = (main.stacks.elsewhere(), main.stacks.on_others) if main.stacks else ({}, 0.0)
    found = []
    ours, waits_at = _folded(main), _waits_at(main)
    for other in profiles:
        if other is main or other.profiler == "torch":
            continue
        theirs = _folded(other)
        large = {key for side in (ours, theirs) for key, share in side.items() if share > _APART}  # or nothing differs
        names = {(h.file, h.line): h.function for p in (other, main) for h in p.hotspots if (h.file, h.line) in large}
        calls = _hooked(other, large)
        for key in large:
            one, two = ours.get(key, 0.0), theirs.get(key, 0.0)
            if abs(one - two) > max(_APART, _SURE * (_error(one, main.samples) + _error(two, other.samples))):
                found.append(
                    Disagreement(
                        function=names[key],
                        one=main.profiler,
                        one_share=one,
                        other=other.profiler,
                        other_share=two,
                        why="it waits there, and that one counts waiting for work"
                        if two > one and waits_at.get(key, 0.0) > _APART
                        else _why(other, one, two, calls.get(key, 0.0), elsewhere.get(key, 0.0), on_others),
                    )
                )
    return tuple(sorted(found, key=lambda d: (-abs(d.one_share - d.other_share), d.function))[:most])


def _key(spot: HotSpot) -> tuple[str, int, str]:
    """What tells functions apart: the place of a Python function, the name of another."""
    return spot.file, spot.line, "" if is_python(spot.file) else spot.function


def _folded(profile: Profile) -> dict[tuple[str, int], float]:
    """Share of each Python function and of the C functions that it calls in all work: what all profilers can tell.

    Waiting is no work: the stacks of samplers are without it, and so is what is taken of cProfile's table.
    """
    if profile.stacks is not None:
        busy = profile.stacks.folded()
    else:
        busy = cprofile.folded({key: entry for key, entry in profile.native.items() if not waits_in(key)})
    whole = sum(busy.values()) or 1
    return {key: ns / whole for key, ns in busy.items()}


def _waits_at(main: Profile) -> dict[tuple[str, int], float]:
    """The part of the wall time that the calling thread waits in each Python function, where the profile knows."""
    if main.profiler != "pyspy" or main.wall is None or main.stacks is None:
        return {}
    running = main.stacks.folded()
    return {
        key: (ns / main.wall_passes - running.get(key, 0) / main.passes) / main.bare_call_ns
        for key, ns in main.wall.folded().items()
    }


def _hooked(profile: Profile, functions: Set[tuple[str, int]]) -> dict[tuple[str, int], float]:
    """How often cProfile's hook was paid for each of `functions`, called or calling, in one call of the workload."""
    found = dict.fromkeys(functions, 0.0)
    if profile.profiler != "cprofile":
        return found
    for key, (_, calls, _, _, callers) in profile.native.items():
        if key[:2] in found:
            found[key[:2]] += calls / profile.passes
        for caller, edge in callers.items():
            if caller[:2] in found:
                found[caller[:2]] += edge[1] / profile.passes
    return found


def _error(share: float, samples: int) -> float:
    """The standard error of a share, of independent samples; 0 for what does not sample."""
    return (max(share * (1 - share), 0.0) / samples) ** 0.5 if samples else 0.0


def _why(other: Profile, one: float, two: float, calls: float, elsewhere: float, on_others: float) -> str:
    """What may explain two shares of one function.

    `elsewhere`: the part of its time that the main profiler saw on other threads; `on_others`: that part of all time;
    `calls`: how often cProfile's hook was paid for it.
    """
    if two < one and elsewhere > 0.5:
        return "it runs on another thread, which that one does not see"
    if other.profiler == "cprofile" and other.slowdown > _STRETCHED:
        if two > one and calls >= _MANY_CALLS:
            return f"its hook is paid at each of {calls:,.0f} calls, of it or by it"
        if two < one:
            return "its hook stretches what makes more calls"
    alone = one * (1 - elsewhere) / (1 - on_others) if on_others < 1 else 0.0  # its share of the calling thread's time
    if two > one and on_others > _APART and abs(alone - two) < abs(one - two) / 2:
        return "that one sees no other threads, so what it sees is a larger part"
    if other.profiler == "pyinstrument" and other.blurred > _APART:
        return "that one looks only at calls and returns, and the time between two of them is too short for it"
    return "neither threads nor calls explain it"
