"""Do two runs of the same program say the same of a claim? Synthetic sessions through perfkit's own statistics.

    python benchmarks/claims.py [--sessions 2000] [--smoke]

A session is eight processes of fifteen rounds of baseline, control and candidate. Half of the variance is luck of the
process, half is noise of its rounds, both scaled so that the noise floor which perfkit would print has the median that
the row gives. Estimates, noise floor, verdict and outcome come from the functions that `perfkit compare` uses; no seam
stands in the way. For every reading of every claim in the catalogue:

- reproduced: the sessions that say so where the truth is the middle of the claimed range (wanted: 80 % at least)
- smaller: those that say *smaller than claimed*, *no effect* or *slower* where it is half of that (80 % at least)
- contradict: the pairs of sessions that contradict each other at the worst of many true values around the range's ends
  (5 % at most)

Where the middle does not clear the ends, or half of it still lies in the range, no rule could do it; the row says so.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from support.arguments import Arguments

from perfkit import api
from perfkit.recipe import Reading
from perfkit.stats.claim import Measured, judge
from perfkit.stats.estimate import Estimate, noise_floor, process_medians, ratio_interval
from perfkit.stats.verdict import decide

PROCESSES, ROUNDS = 8, 15
FLOORS = (0.005, 0.02, 0.05)
LUCK = 1.0  # of one role in one process, in units of the scale; its rounds then add as much to the median's variance
NOISE = math.sqrt(2 * ROUNDS / math.pi)
ENOUGH, MOST = 0.8, 0.05
CLEAR = 1.3  # true standard errors from the middle to an end: with fewer no rule says `reproduced` often enough
LESS = ("smaller than claimed", "no effect here", "slower here")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sessions:
    """Log-ratios of baseline to candidate and to control: one median a process, (sessions, processes) each."""

    candidate: Floats
    control: Floats

    def with_floor(self, floor: float) -> Sessions:
        """The same sessions, in noise whose floor has the median that is wanted."""
        floors = [math.log1p(noise_floor(ratio_interval(own, 0.95))) for own in self.control]
        scale = math.log1p(floor) / float(np.median(floors))
        return Sessions(self.candidate * scale, self.control * scale)


@dataclass(frozen=True)
class Noise:
    """What one session would estimate of identical code: its two intervals, and its noise floor."""

    e95: Estimate
    e99: Estimate
    floor: float


@dataclass(frozen=True)
class Row:
    """How one reading fares at one noise floor, and what no rule could do."""

    reading: Reading
    floor: float
    reproduced: float
    smaller: float
    contradict: float
    remark: str

    @property
    def holds(self) -> bool:
        """Whether all that is wanted, and can be, is so."""
        enough = self.reproduced >= ENOUGH or "middle" in self.remark
        return enough and (self.smaller >= ENOUGH or "half" in self.remark) and self.contradict <= MOST


def sessions(number: int, seed: int = 0) -> Sessions:
    """Sessions in which candidate, control and baseline are the same code, in noise of no particular scale."""
    rng = np.random.default_rng(seed)
    label = np.repeat(np.arange(PROCESSES), ROUNDS)
    luck = LUCK * rng.standard_normal((number, 3, PROCESSES, 1))
    base, control, candidate = np.moveaxis(luck + NOISE * rng.standard_normal((number, 3, PROCESSES, ROUNDS)), 1, 0)

    def medians(log_ratios: Floats) -> Floats:
        return np.array([process_medians(own.ravel(), label) for own in log_ratios])

    return Sessions(medians(base - candidate), medians(base - control))


def noises(drawn: Sessions) -> list[Noise]:
    return [
        Noise(ratio_interval(own, 0.95), ratio_interval(own, 0.99), noise_floor(ratio_interval(control, 0.95)))
        for own, control in zip(drawn.candidate, drawn.control, strict=True)
    ]


def outcomes(reading: Reading, truth: float, seen: Iterable[Noise]) -> Counter[str]:
    """What the sessions say of a claim when the candidate is exp(`truth`) times as fast."""
    found: Counter[str] = Counter()
    for noise in seen:
        e95, e99 = shifted(noise.e95, truth), shifted(noise.e99, truth)
        measured = Measured(speedup=e95.ratio(), processes=PROCESSES, noise_floor=noise.floor)
        found[judge(reading, decide(e95, e99, noise.floor).verdict, measured)[0]] += 1
    return found


def shifted(e: Estimate, by: float) -> Estimate:
    return replace(e, point=e.point + by, low=e.low + by, high=e.high + by)


def contradicting(found: Counter[str]) -> float:
    """The part of all pairs of sessions of which one denies what the other says."""
    number = found.total()
    reproduced, larger = found["reproduced"], found["larger than claimed"]
    less = sum(found[outcome] for outcome in LESS)
    return 2 * (reproduced * (larger + less) + larger * less) / number**2


def log_speedup(measure: str, value: float) -> float:
    if measure != "share of time":
        return math.log(value)
    return -math.log1p(-value) if value < 1 else math.inf


def simulate(reading: Reading, floor: float, drawn: Sessions) -> Row:
    """One row of the table."""
    scaled = drawn.with_floor(floor)
    seen = noises(scaled)
    error = float(np.std(scaled.candidate.mean(axis=1)))
    none = 0.0 if reading.measure == "share of time" else 1.0
    middle = (reading.low + reading.high) / 2
    low, mid, half, high = (
        log_speedup(reading.measure, v) for v in (reading.low, middle, none + (middle - none) / 2, reading.high)
    )
    grid = np.arange(-3, 3.01, 0.25)
    worst = [end + u * error for end in (low, high) for u in grid + (end == high) if math.isfinite(end)]
    at_half = outcomes(reading, half, seen)
    remarks = ["the middle is too near the ends"] * (min(mid - low, high - mid) < CLEAR * error)
    remarks += ["half of it is still in the range"] * (half >= low)
    return Row(
        reading=reading,
        floor=floor,
        reproduced=outcomes(reading, mid, seen)["reproduced"] / len(seen),
        smaller=sum(at_half[outcome] for outcome in LESS) / len(seen),
        contradict=max(contradicting(outcomes(reading, truth, seen)) for truth in worst),
        remark=", ".join(remarks),
    )


def readings() -> Iterator[tuple[str, Reading]]:
    """Every reading of a claim in the catalogue, with the recipe that stands for it; equal ones once."""
    known = set()
    for entry in api.catalog(()).recipes:
        for reading in entry.recipe.claim.every_reading if entry.recipe.claim else ():
            if reading not in known:
                known.add(reading)
                yield entry.recipe.full_id, reading


def main() -> int:
    parser = Arguments(__doc__)
    parser.add_argument("--sessions", type=int, default=2000)
    chosen = parser.chosen()
    number = 40 if chosen.smoke else chosen.sessions
    claims = list(readings())[: 1 if chosen.smoke else None]
    drawn = sessions(number)
    print(f"{number} sessions of {PROCESSES} processes, {ROUNDS} rounds each; seed 0\n")
    print(f"{'claim of':<34}{'range':<30} {'floor':>6} {'reproduced':>11} {'smaller':>8} {'contradict':>11}")
    rows = []
    for name, reading in claims:
        for floor in FLOORS:
            row = simulate(reading, floor, drawn)
            rows.append(row)
            span = f"{reading.measure} {reading.low:g}–{reading.high:g}"
            shares = f"{row.reproduced:>11.1%} {row.smaller:>8.1%} {row.contradict:>11.1%}"
            print(f"{name:<34}{span:<30} {floor:>6.1%} {shares}  {row.remark}".rstrip(), flush=True)
    if chosen.smoke:
        return 0
    failed = [row for row in rows if not row.holds]
    print(f"\n{len(rows) - len(failed)} of {len(rows)} rows hold")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
