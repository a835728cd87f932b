"""Claim against measurement: a rule that two runs of the same program answer alike.

The measured speed-up and the ends of the claimed range are compared as logarithms, in units of s, the standard error
of the estimate. Both the candidate's interval and the noise floor tell of it: s is the root mean square of what they
say, so that eight processes which happen to agree do not make a run look sure.

- *reproduced*: the verdict is `faster` (the 99 % interval excludes 1, and the point lies beyond the noise floor), the
  point lies between 0.4 s above the lower end of the range and 1 s above the upper one, and the replaced seams take
  enough of the time to explain it
- *smaller than claimed*: the point lies more than 1.7 s below the range; *slower here* and *no effect here* where the
  verdict says so too
- *larger than claimed*: it lies more than 3.25 s above the range
- *undecided*: anything else that has a figure, and what moves from one of these to another within a process; where a
  reason is known, it is given

Between *reproduced* and its opposites lie 2.1 s and more. Were s known, two runs at the worst true value, half-way,
would contradict each other with a probability of 2·Φ(-1.05)² = 4.3 %; `python benchmarks/claims.py` simulates it with
an s that is estimated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from perfkit import numbers
from perfkit.recipe import Reading
from perfkit.result import WRONG, Result, Verdict
from perfkit.stats.estimate import student_quantile
from perfkit.stats.verdict import MIN_PROCESSES

__all__ = ["OUTCOMES", "Measured", "interval_of", "judge", "measured_of", "measured_value"]

OUTCOMES = (
    "reproduced",
    "larger than claimed",
    "smaller than claimed",
    "undecided",
    "no effect here",
    "slower here",
    "more memory here",
    "rejected",
    "not measurable here",
)
_INSIDE, _ABOVE = 0.4, 1.0  # of s, for reproduced: above the lower end at least, above the upper end at most
_SMALLER, _LARGER = 1.7, 3.25  # of s, beyond the two ends, for the opposites
_NO_IDEA = 200.0  # as a standard error: beyond it powers overflow, and a saved run may say anything
_TINY, _HUGE = 1e-300, 1e300
_OWN_SHARE = 2 / 3  # of a standard error: how far the control's point lies from 1, in the middle

Interval = tuple[float, float, float]  # point, low, high


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one row measured: a speed-up with its 95 % interval, over how many processes, and the noise floor."""

    speedup: Interval
    processes: int
    noise_floor: float
    trend: tuple[float, float] | None = None  # at first and at last in a process, where it surely moves

    @property
    def error(self) -> float:
        """The standard error of the log-ratio, from the interval and from the noise floor together."""
        _, low, high = self.speedup
        reach = student_quantile(0.95, self.processes)
        own = (math.log(high) - math.log(low)) / 2 / reach
        control = math.log1p(self.noise_floor) / (reach + _OWN_SHARE)
        return math.sqrt((own**2 + control**2) / 2)


def measured_of(r: Result) -> Measured | None:
    """What a row measured; None where it has no speed-up."""
    if r.speedup is None:
        return None
    interval = r.speedup.point, r.speedup.low, r.speedup.high
    return Measured(speedup=interval, processes=r.processes, noise_floor=r.noise_floor or 0.0, trend=r.trend)


def interval_of(measured: Measured) -> Interval:
    """The interval that decides a claim: wholly below its range it is smaller than claimed, wholly above it larger.

    It reaches further down than up, since *larger than claimed* takes more. Point, low, high, as speed-ups.
    """
    point, error = measured.speedup[0], min(measured.error, _NO_IDEA)
    low, high = point * math.exp(-_LARGER * error), point * math.exp(_SMALLER * error)
    return point, max(low, min(point, _TINY)), min(high, max(point, _HUGE))


def measured_value(measure: str, speedup: Interval) -> Interval:
    """The measured speed-up (point, low, high) in a claim's own measure: a share of time is 1 - 1/speed-up."""
    if measure == "share of time":
        point, low, high = (1 - 1 / s for s in speedup)
        return point, low, high
    return speedup


def judge(
    reading: Reading, verdict: Verdict, measured: Measured | None, explained: float = math.inf
) -> tuple[str, str]:
    """How one reading of a claim fares on one row: one of OUTCOMES, and where it needs one, the reason.

    `explained` is the largest speed-up that the seams it replaces can give, were they free.
    """
    if verdict in WRONG:
        return "rejected", ""
    if measured is None or verdict in ("layout-dependent", "unavailable", "not-exercised"):
        return "not measurable here", ""
    if measured.processes < MIN_PROCESSES:
        return "undecided", f"{measured.processes} processes; it needs {MIN_PROCESSES}"
    low, high = _log_speedups(reading)
    if measured.trend is not None and len({_side(math.log(end), low, high) for end in measured.trend}) > 1:
        return "undecided", "the speed-up moves across the range within a process"
    point, error = math.log(measured.speedup[0]), measured.error
    if point < low - _SMALLER * error:
        return {"slower": "slower here", "equivalent": "no effect here"}.get(verdict, "smaller than claimed"), ""
    larger = point > high + _LARGER * error
    if not (larger or low + _INSIDE * error <= point <= high + _ABOVE * error):
        return "undecided", ""
    if explained < max(math.exp(low), measured.speedup[1]):
        return "undecided", f"what it replaces explains at most {numbers.ratio(explained)}"
    if larger:
        return "larger than claimed", ""
    if point <= math.log1p(measured.noise_floor):
        return "undecided", "the noise floor exceeds the effect"
    return ("reproduced", "") if verdict == "faster" else ("undecided", f"the verdict is {verdict}")


def _side(point: float, low: float, high: float) -> int:
    return (point >= low) + (point > high)


def _log_speedups(reading: Reading) -> tuple[float, float]:
    """The ends of the claimed range as logarithms of speed-ups."""
    if reading.measure != "share of time":
        return math.log(reading.low), math.log(reading.high)
    return -math.log1p(-reading.low), -math.log1p(-reading.high) if reading.high < 1 else math.inf
