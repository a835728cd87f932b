"""What aims at what is hot: the share of each recipe's seams in the profile, and the most that it could save."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from perfkit.catalog import Catalog
from perfkit.profilers.common.call_table import Key, Table
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.common.stacks import Stacks, is_thread
from perfkit.profilers.registry import PROFILERS
from perfkit.protocol.counting import SeamCount

__all__ = ["Advice", "Seen", "advise", "seen_by"]

_LEAST = 0.005  # of the whole: less is no advice
_SURE = 2.0  # standard errors: a share within them of nothing is no advice
_ALL = 0.9  # of the whole: a seam with so much that holds nearly all of the other seams' time is the workload itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A recipe, the seams it replaces, and their share of the workload: the most that it could save.

    `error` is the standard error of the share, None where nothing tells it; `by` the profiler it is from, or "clock":
    that of the pass which counts the calls of seams.
    """

    recipe: str
    seams: tuple[str, ...]
    share: float
    concurrent: bool  # on several threads: the share is of their time, and bounds nothing
    error: float | None = None
    by: str = "clock"

    @property
    def at_most(self) -> float | None:
        """The speed-up if the seams cost nothing at all (Amdahl); None where no such bound holds."""
        return None if self.concurrent or self.share >= 1 else 1 / (1 - self.share)


class Seen(NamedTuple):
    """What one profile tells of any set of seams: those it can see, their share of a call, and whether on threads."""

    by: str
    seams: Set[str]
    share: Callable[[Set[str]], float]
    below: Callable[[str], float]  # the share of what other seams take inside of one
    samples: int
    on_threads: Callable[[Set[str]], float]  # their share of all work, where other threads do a part of it

    def error(self, share: float) -> float | None:
        """The standard error of a share, of independent samples."""
        return (max(share * (1 - share), 0.0) / self.samples) ** 0.5 if self.samples else None

    def holds_all(self, seam: str) -> bool:
        """Whether a seam is the workload itself: nearly all of the time, and of that of the other seams too."""
        rest = self.share(self.seams - {seam})
        return self.share({seam}) >= _ALL and rest > _LEAST and self.below(seam) >= _ALL * rest


def seen_by(profiles: Sequence[Profile]) -> Seen | None:
    """The profile that tells the calling thread's wall time best; None where there is none."""
    able = [(place, p) for p in profiles if p.seams and (place := PROFILERS[p.profiler].advice) is not None]
    if not able:
        return None
    _, profile = min(able, key=lambda pair: pair[0])
    return _of_table(profile) if profile.stacks is None else _of_stacks(profile, profile.stacks)


def _of_stacks(profile: Profile, stacks: Stacks) -> Seen:
    own = Stacks(stacks.frames, tuple((s, w) for s, w in stacks.stacks if s and not is_thread(stacks.frames[s[0]])))
    wall = profile.wall or own
    weights, others = _weights(wall, profile), _weights(stacks, profile, threads=True)
    whole = wall.total_ns or 1
    evenly = PROFILERS[profile.profiler].samples == "evenly"  # elsewhere a long stack may be of one sample
    samples = round(whole * profile.rate / 1e9) if evenly else profile.samples
    return Seen(
        profile.profiler,
        frozenset(profile.seams.values()),
        lambda names: sum(ns for held, ns in weights.items() if not names.isdisjoint(held)) / whole,
        lambda name: sum(ns for held, ns in weights.items() if name in held[:-1]) / whole,
        samples,
        lambda names: sum(ns for held, ns in others.items() if not names.isdisjoint(held)) / (stacks.total_ns or 1),
    )


def _weights(stacks: Stacks, profile: Profile, *, threads: bool = False) -> Mapping[tuple[str, ...], int]:
    """Nanoseconds by the seams that a stack holds, the outermost first; of threads and processes alone if `threads`."""
    seam = [profile.seams.get((file, line)) for _, file, line in stacks.frames]
    found: dict[tuple[str, ...], int] = {}
    for stack, ns in stacks.stacks:
        if stack and is_thread(stacks.frames[stack[0]]) == threads:
            held = tuple(dict.fromkeys(name for number in stack if (name := seam[number]) is not None))
            found[held] = found.get(held, 0) + ns
    return found


def _of_table(profile: Profile) -> Seen:
    """A table of calls keeps no stacks: of seams that call each other the outermost counts."""
    table: Table = profile.native
    at = {key: name for key in table if (name := profile.seams.get((key.file, key.line))) is not None}
    whole = sum(row.own_s for row in table.values()) or 1.0
    above = {key: _callers(table, key) for key in at}

    def share(names: Set[str]) -> float:
        mine = [key for key, name in at.items() if name in names]
        outer = [key for key in mine if not any(other in above[key] for other in mine if other != key)]
        return min(1.0, sum(table[key].total_s for key in outer or mine) / whole)

    def below(name: str) -> float:
        mine = {key for key, seam in at.items() if seam == name}
        return share({seam for key, seam in at.items() if seam != name and above[key] & mine})

    return Seen(profile.profiler, frozenset(at.values()), share, below, 0, lambda names: 0.0)


def _callers(table: Table, key: Key) -> Set[Key]:
    found: set[Key] = set()
    pending = [key]
    while pending:
        for caller in table[pending.pop()].callers:
            if caller in table and caller not in found:
                found.add(caller)
                pending.append(caller)
    return found


def advise(
    found: Catalog, target: str, on: Sequence[str], clocked: Mapping[str, SeamCount], profiles: Sequence[Profile]
) -> tuple[tuple[Advice, ...], tuple[str, ...]]:
    """Every recipe not yet in place that replaces a seam with time in it, what has the largest bound first.

    And the names of those skipped because they replace what holds all the rest.
    """
    seen = seen_by(profiles)
    whole = {s for s in seen.seams if seen.holds_all(s)} if seen else set()
    advice, wrappers = [], []
    for entry in found.of_target(target) if clocked or seen else ():
        if entry.recipe.full_id in on or entry.recipe.status in ("rejected", "reference") or entry.unavailable:
            continue
        touched = tuple(sorted(entry.recipe.touches))
        if whole & set(touched):
            wrappers.append(entry.recipe.id)
            continue
        one = _advice(entry.recipe.id, touched, clocked, seen)
        if one.share > max(_LEAST, _SURE * (one.error or 0.0)):
            advice.append(one)
    advice.sort(key=lambda a: (a.at_most is None, -(a.at_most or a.share), a.recipe))
    return tuple(advice), tuple(wrappers)


def _advice(recipe: str, touched: tuple[str, ...], clocked: Mapping[str, SeamCount], seen: Seen | None) -> Advice:
    known = [clocked[s] for s in touched if s in clocked]
    concurrent = any(seam.concurrent for seam in known)
    if seen is None or not set(touched) <= seen.seams:  # a function that is not Python's is in no stack
        share = min(1.0, sum(seam.inclusive for seam in known))
        error = sum((seam.error or 0.0) ** 2 for seam in known) ** 0.5 or None
        return Advice(recipe=recipe, seams=touched, share=share, concurrent=concurrent, error=error)
    threads = seen.on_threads(set(touched))
    concurrent |= threads > _LEAST
    share = seen.share(set(touched))
    if concurrent:
        share = max(share, threads)
    return Advice(recipe=recipe, seams=touched, share=share, concurrent=concurrent, error=seen.error(share), by=seen.by)
