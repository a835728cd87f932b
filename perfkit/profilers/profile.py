"""What every profiler gives: weighted functions of one measured region."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HotSpot", "Profile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """One function: time in itself and including what it called, in nanoseconds, over all calls."""

    function: str
    file: str
    line: int
    self_ns: int
    total_ns: int
    calls: int
    seam: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profiler's view of `passes` calls of a workload.

    `total_ns` is their time under the profiler, `bare_ns` that of as many calls without it, in the same process.
    """

    profiler: str
    passes: int
    total_ns: int
    bare_ns: int
    hotspots: tuple[HotSpot, ...]

    @property
    def slowdown(self) -> float:
        """How many times longer the work took under the profiler."""
        return self.total_ns / self.bare_ns
