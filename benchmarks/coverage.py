"""Do the intervals cover, and do equal sides stay without a verdict? Synthetic times through perfkit's own statistics.

    python benchmarks/coverage.py [--replicates 2000] [--json]

Each replicate is one session: the stopping rule (`StoppingRule`, with 9 s for its samples and a clock that the
simulated samples move), the estimate, the noise floor and the verdict are the ones that `perfkit compare` runs.
Replicate i uses seed i. A row passes when the 95 % interval covers the truth in 93–99 % of the sessions and equal sides
are called faster or slower in at most 1 %.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from support.arguments import Arguments

from perfkit.schedule import BASELINE, CONTROL, candidate_role
from perfkit.session.budget import Budget
from perfkit.settings import Settings
from perfkit.stats.estimate import log_ratios, noise_floor, process_medians, ratio_interval
from perfkit.stats.verdict import decide

ROLES = (BASELINE, CONTROL, candidate_role(1))
SAMPLE_NS = 2e6
SETTINGS = Settings(budget_s=9.0)
Floats = NDArray[np.float64]
# (generator, processes, rounds) -> what is added to the log of each time, in the order of time: (P, R, roles)
Noise = Callable[[np.random.Generator, int, int], Floats]


def independent(rng: np.random.Generator, p: int, r: int, sigma: float = 0.01) -> Floats:
    return sigma * rng.standard_normal((p, r, len(ROLES)))


def skewed(rng: np.random.Generator, p: int, r: int) -> Floats:
    """Disturbances only ever slow down."""
    return 0.02 * rng.standard_exponential((p, r, len(ROLES)))


def heavy(rng: np.random.Generator, p: int, r: int) -> Floats:
    """Student's t with 2 degrees of freedom: no variance."""
    return 0.005 * rng.standard_t(2, (p, r, len(ROLES)))


def autocorrelated(rng: np.random.Generator, p: int, r: int, phi: float = 0.9) -> Floats:
    """AR(1) along time through rounds and roles, 1 % each step."""
    steps = independent(rng, p, r).reshape(p, -1)
    for i in range(1, steps.shape[1]):
        steps[:, i] += phi * steps[:, i - 1]
    return steps.reshape(p, r, -1)


def drifting(rng: np.random.Generator, p: int, r: int) -> Floats:
    """20 % slower from the first sample to the last, and a swing of 5 % that comes again every 7 samples."""
    time = np.arange(p * r * len(ROLES), dtype=float).reshape(p, r, -1)
    return np.log1p(0.2 * time / time.size) + 0.05 * np.sin(2 * np.pi * time / 7.0) + independent(rng, p, r, 0.003)


MODELS: dict[str, Noise] = {
    "independent 1 %": independent,
    "processes differ by 0.5 %": independent,
    "processes differ by 2 %": independent,
    "skewed": skewed,
    "heavy tails": heavy,
    "autocorrelated": autocorrelated,
    "drifting": drifting,
    "coarse clock with ties": partial(independent, sigma=0.0005),
}
# how much luck of its own every process gives every role: the standard deviation of a log
LUCK = {"processes differ by 0.5 %": 0.005, "processes differ by 2 %": 0.02, "skewed": 0.003, "heavy tails": 0.003}
LUCK["coarse clock with ties"] = 0.005
TICKS = {"coarse clock with ties": 1000}  # clock ticks in one sample, as the engine makes sure of


@dataclass
class Clock:
    """Seconds that only the samples move."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass(frozen=True)
class Session:
    """What one simulated session came to."""

    covered: bool
    verdict: str
    half_width: float
    rounds: int


def session(model: str, truth: float, seed: int, settings: Settings = SETTINGS) -> Session:
    """One session of `model`, in which the candidate is `truth` times faster."""
    rng = np.random.default_rng(seed)
    processes, most = settings.processes, settings.max_rounds
    noise = MODELS[model](rng, processes, most)
    order = rng.permuted(np.broadcast_to(np.arange(len(ROLES)), (processes, most, len(ROLES))), axis=2)
    log_ns = np.take_along_axis(noise, order, axis=2) + math.log(SAMPLE_NS)
    log_ns += LUCK.get(model, 0.0) * rng.standard_normal((processes, 1, len(ROLES)))
    log_ns[:, :, 2] -= math.log(truth)
    times = np.exp(log_ns)
    if model in TICKS:
        tick = SAMPLE_NS / TICKS[model]
        start = rng.random(times.shape) * tick  # where in a tick the sample begins
        times = np.maximum(tick, tick * (np.floor((start + times) / tick)))
    clock = Clock()
    pace = Budget(settings, [[1.0]] * processes, clock)
    taken = []
    for process in range(processes):
        watch = pace.stopping()
        watch.start()
        number = 0
        while watch.goes_on():
            clock.now_s += float(times[process, number].sum()) / 1e9
            watch.note(dict(zip(ROLES, times[process, number].tolist(), strict=True)))
            number += 1
        taken.append(number)
    label = np.repeat(np.arange(processes), taken)
    base, control, candidate = (
        np.concatenate([times[p, :n, role] for p, n in enumerate(taken)]) for role in range(len(ROLES))
    )
    resolution = 1 / TICKS[model] if model in TICKS else 0.0
    e95, e99 = (estimate(base, candidate, label, level, resolution) for level in (0.95, 0.99))
    floor = noise_floor(estimate(base, control, label, 0.95, resolution))
    decision = decide(e95, e99, floor)
    return Session(
        covered=e95.low <= math.log(truth) <= e95.high,
        verdict=decision.verdict,
        half_width=(e95.high - e95.low) / 2,
        rounds=len(label) // processes,
    )


def estimate(before: Floats, after: Floats, label: NDArray[np.int64], level: float, resolution: float):  # type: ignore[no-untyped-def]
    return ratio_interval(process_medians(log_ratios(before, after), label), level, resolution)


def simulate(model: str, replicates: int) -> dict[str, float | str]:
    """One row: coverage at two truths, and false verdicts where the sides are equal."""
    equal = [session(model, 1.0, seed) for seed in range(replicates)]
    other = [session(model, 1.03, seed) for seed in range(replicates)]
    claimed = sum(s.verdict in ("faster", "slower") for s in equal) / replicates
    return {
        "model": model,
        "covered": sum(s.covered for s in equal) / replicates,
        "covered_at_3": sum(s.covered for s in other) / replicates,
        "false": claimed,
        "found_3": sum(s.verdict == "faster" for s in other) / replicates,
        "half_width": float(np.median([s.half_width for s in equal])),
        "rounds": float(np.median([s.rounds for s in equal])),
    }


def main() -> None:
    arguments = Arguments(__doc__)
    arguments.add_argument("--replicates", type=int, default=2000)
    arguments.add_argument("--json", action="store_true")
    chosen = arguments.chosen()
    if chosen.smoke:
        chosen.replicates = 2
    with ProcessPoolExecutor() as pool:
        rows = list(pool.map(simulate, MODELS, [chosen.replicates] * len(MODELS)))
    if chosen.json:
        json.dump(rows, sys.stdout, indent=1)
        return
    print(f"{chosen.replicates} sessions of {SETTINGS.processes} processes each; seeds 0…{chosen.replicates - 1}\n")
    print(f"{'':26}covers 1.00x  covers 1.03x  claims at 1.00x  finds 1.03x  half-width  rounds")
    for row in rows:
        print(
            f"{row['model']:<26}{row['covered']:>11.1%} {row['covered_at_3']:>13.1%} {row['false']:>16.2%} "
            f"{row['found_3']:>12.1%} {row['half_width']:>11.3%} {row['rounds']:>7.0f}"
        )


if __name__ == "__main__":
    main()
