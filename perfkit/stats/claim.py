"""Claim against measurement."""

from __future__ import annotations

from perfkit.recipe import Claim

__all__ = ["judge", "measured_value"]

Interval = tuple[float, float, float]  # point, low, high


def measured_value(claim: Claim, speedup: Interval) -> Interval:
    """The measured speed-up (point, low, high) in the claim's own measure: a share of time is 1 - 1/speed-up."""
    if claim.measure == "share of time":
        point, low, high = (1 - 1 / s for s in speedup)
        return point, low, high
    return speedup


def judge(claim: Claim, verdict: str, speedup: Interval | None) -> str:
    """reproduced | smaller than claimed | no effect here | slower here | rejected | not measurable here.

    *reproduced*: a proven gain whose interval reaches the claim's `low`. *smaller*: a gain wholly below it.
    """
    if verdict in ("rejected", "failed"):
        return "rejected"
    if verdict == "slower":
        return "slower here"
    if verdict == "equivalent":
        return "no effect here"
    if verdict != "faster" or speedup is None:
        return "not measurable here"
    high = measured_value(claim, speedup)[2]
    return "reproduced" if high >= claim.low else "smaller than claimed"
