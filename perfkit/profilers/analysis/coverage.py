"""How much of what there was to see a profiler saw."""

from __future__ import annotations

from perfkit.profilers.common.profile import Profile
from perfkit.profilers.registry import PROFILERS

__all__ = ["coverage"]


def coverage(profile: Profile) -> float | None:
    """All samples, over the time that there was to be seen by the system's clocks; None where that is not known.

    For a sampler of all processes that is the processors' time; for others the wall time of the calling thread.
    """
    spent = profile.spent
    if spent is None or not profile.samples:
        return None
    if PROFILERS[profile.profiler].sees == "processes":
        due_ns = (spent.all_running_ns + spent.queued_ns) / profile.bare_passes
        seen_ns = profile.seen_ns
    else:
        due_ns = profile.bare_call_ns
        seen_ns = profile.wall.total_ns if profile.wall is not None else profile.seen_ns
    return seen_ns / profile.passes / due_ns if due_ns else None
