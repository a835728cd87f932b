"""Claim against measurement."""

from __future__ import annotations

from perfkit.recipe import Claim

__all__ = ["OUTCOMES", "judge", "measured_value"]

OUTCOMES = (
    "reproduced",
    "larger than claimed",
    "smaller than claimed",
    "undecided",
    "no effect here",
    "slower here",
    "rejected",
    "not measurable here",
)

Interval = tuple[float, float, float]  # point, low, high


def measured_value(claim: Claim, speedup: Interval) -> Interval:
    """The measured speed-up (point, low, high) in the claim's own measure: a share of time is 1 - 1/speed-up."""
    if claim.measure == "share of time":
        point, low, high = (1 - 1 / s for s in speedup)
        return point, low, high
    return speedup


def judge(claim: Claim, verdict: str, speedup: Interval | None) -> str:
    """How a claim fares on one row; one of OUTCOMES.

    On a proven gain: *larger* or *smaller than claimed* when the interval lies wholly beside [low, high];
    *reproduced* when it does not and the point reaches `low`; *undecided* when only the interval reaches it, so that
    a noisy run cannot confirm what a quiet one would deny.
    """
    if verdict in ("rejected", "failed"):
        return "rejected"
    if verdict == "slower":
        return "slower here"
    if verdict == "equivalent":
        return "no effect here"
    if verdict != "faster" or speedup is None:
        return "not measurable here"
    point, low, high = measured_value(claim, speedup)
    if low > claim.high:
        return "larger than claimed"
    if high < claim.low:
        return "smaller than claimed"
    return "reproduced" if point >= claim.low else "undecided"
