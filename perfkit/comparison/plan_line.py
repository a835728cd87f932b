"""The line that says, before anything is sampled, how many measurements there will be, where, and how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfkit.session.outcome import Group
from perfkit.worker.sampler import SLOW_CALL_NS

__all__ = ["plan_line"]


def plan_line(groups: Sequence[Group], call_ns: Mapping[str, float], budget_s: float) -> str:
    """What is about to happen, in one line."""
    processes = max((g.processes for g in groups), default=0)
    words = [f"{len(groups)} measurement{'s' * (len(groups) != 1)} in {processes} fresh processes"]
    words.append(f"at most {budget_s:.3g} s of sampling")
    for group in groups:
        if call_ns[group.id] > SLOW_CALL_NS:
            round_s = len(group.roles) * call_ns[group.id] / 1e9
            fits = max(1, int(budget_s / len(groups) / (round_s * group.processes)))
            words.append(
                f"{group.id}: {call_ns[group.id] / 1e6:.0f} ms a call, about {fits} "
                f"round{'s' * (fits != 1)} in each of {group.processes}"
            )
    return "; ".join(words)
