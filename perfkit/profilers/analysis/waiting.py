"""What the calling thread waits for, and where: by the profiler that can tell most of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from perfkit.profilers.common.profile import Profile
from perfkit.profilers.registry import PROFILERS

__all__ = ["Wait", "Wall", "waits_of", "wall_of"]

_LEAST = 0.02  # of the wall time: less is no wait worth a word
_ENOUGH = 0.8  # of the waiting: a profiler that explains so much is asked no further


class Wait(NamedTuple):
    """What is called, the function that calls it ("" and 0 where that is not known), and nanoseconds in one call."""

    what: str
    function: str
    file: str
    line: int
    ns: float


def waits_of(profiles: Sequence[Profile], wall_ns: float, waiting_ns: float) -> tuple[str, tuple[Wait, ...]]:
    """The profiler that explains most of the `waiting_ns` of a call that lasts `wall_ns`; its waits, the longest first.

    Nothing where no profiler explains any.
    """
    best: tuple[str, tuple[Wait, ...]] = "", ()
    for name, profiler in reversed(PROFILERS.items()):  # the last ones tell most of a single thread
        profile = next((p for p in profiles if p.profiler == name), None)
        if profile is None or profiler.waits is None:
            continue
        found = profiler.waits(profile)
        waits_ = tuple(
            Wait(what, *(who or ("", "", 0)), ns)
            for (what, who), ns in sorted(found.items(), key=lambda item: -item[1])
            if ns > _LEAST * wall_ns
        )
        if sum(w.ns for w in waits_) > sum(w.ns for w in best[1]):
            best = name, waits_
        if sum(w.ns for w in best[1]) >= _ENOUGH * waiting_ns:
            break
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Where the wall time of one bare call went, in nanoseconds: see `Spent`; `waits` as the profiler `by` has them."""

    call_ns: float
    running_ns: float
    waiting_ns: float
    queued_ns: float
    threads_ns: float
    children_ns: float
    by: str
    waits: tuple[Wait, ...]


def wall_of(profiles: Sequence[Profile], main: Profile | None) -> Wall | None:
    """The wall time by the system's clocks beside the main profile; None where they were not read."""
    if main is None or main.spent is None:
        return None
    spent, each = main.spent, 1 / main.bare_passes
    asleep_ns = spent.asleep_ns * each
    by: str = ""
    waits_: tuple[Wait, ...] = ()
    if asleep_ns > _LEAST * main.bare_call_ns:
        by, waits_ = waits_of(profiles, main.bare_call_ns, asleep_ns)
    return Wall(
        call_ns=main.bare_call_ns,
        running_ns=spent.running_ns * each,
        waiting_ns=spent.waiting_ns * each,
        queued_ns=spent.queued_ns * each,
        threads_ns=max(0, spent.threads_ns) * each,
        children_ns=max(0, spent.children_ns) * each,
        by=by,
        waits=waits_,
    )
