"""What makes an interval half as wide: more rounds, or more processes. Computed from the two parts of its variance.

Each process gives one number, the median of its paired log-ratios. It varies from process to process for two reasons:
processes differ (memory, hash seed, luck), and a median of few rounds is not exact. More rounds make only the second
part smaller; more processes divide both, and make Student's factor smaller too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from perfkit.settings import Settings
from perfkit.stats.estimate import student_quantile
from perfkit.stats.verdict import MIN_PROCESSES

__all__ = ["MOST_PROCESSES", "Remedy", "halving", "variance_parts"]

MOST_PROCESSES = 64  # as many as --processes takes
_MOST_TIMES = 8.0  # the budget: from there on more processes are the cheaper way
_SETTINGS = Settings()
_FEW_COST = {2: 1.0, 3: 1.35}  # variance of a median by that of the mean, for normal noise; pi/2 for many


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """How to measure so that the interval becomes about half as wide: in so many processes, so many times as long."""

    processes: int
    budget_times: float


def variance_parts(ratios: Sequence[NDArray[np.float64]]) -> tuple[float, float] | None:
    """(between, within): how much processes differ, and what too few rounds add, as variances of a process's median.

    `ratios`: the log-ratios of each process, (rounds,). None for fewer than two processes, or where one of them has a
    single round, which does not say how exact it is.
    """
    if len(ratios) < 2 or min(map(len, ratios)) < 2:
        return None
    total = float(np.var([np.median(own) for own in ratios], ddof=1))
    within = float(np.mean([_median_variance(own) for own in ratios]))
    return max(0.0, total - within), within


def _median_variance(ratios: NDArray[np.float64]) -> float:
    """As `median_standard_error`, squared; of two or three rounds, too few for a MAD, from their variance."""
    if len(ratios) in _FEW_COST:
        return _FEW_COST[len(ratios)] * float(np.var(ratios, ddof=1)) / len(ratios)
    spread = 1.4826 * float(np.median(np.abs(ratios - np.median(ratios))))
    return math.pi / 2 * spread**2 / len(ratios)


def halving(
    variance: tuple[float, float] | None,
    *,
    point: float,
    processes: int,
    rounds: int,
    out_of_time: bool,
    more_processes: bool = True,
    settings: Settings = _SETTINGS,
) -> Remedy | None:
    """The one remedy that makes the interval about half as wide; None where neither does.

    `variance` is what `variance_parts` gave (None: not known), `point` the log-ratio, `rounds` those of one process.
    `out_of_time`: the budget ended the rounds; where their precision or their number did, more time changes nothing.
    `more_processes`: whether --processes can raise their number, which that of slow calls it cannot.
    """
    if variance is not None and out_of_time:
        times = _longer(variance, point, rounds, settings)
        if times is not None:
            return Remedy(processes=processes, budget_times=times)
    wanted = _more(processes) if more_processes else None
    return None if wanted is None else Remedy(processes=wanted, budget_times=wanted / processes)


def _longer(variance: tuple[float, float], point: float, rounds: int, settings: Settings) -> float | None:
    """How many times the rounds make the variance a quarter, where so many are done before the process stops."""
    between, within = variance
    left = (between + within) / 4 - between  # for the part that rounds can shrink
    stops_at = max(settings.precision, settings.relative_precision * abs(point)) ** 2
    if left <= stops_at or within > _MOST_TIMES * left:
        return None
    times = within / left
    return times if rounds * times <= settings.max_rounds else None


def _more(processes: int) -> int | None:
    """The fewest processes whose interval is half as wide for the same variance of each."""
    goal = _reach(processes) / 2
    return next((p for p in range(max(processes, MIN_PROCESSES), MOST_PROCESSES + 1) if _reach(p) <= goal), None)


def _reach(processes: int) -> float:
    """The half-width of the 95 % interval, in standard deviations of a process's median."""
    return student_quantile(0.95, processes) / math.sqrt(processes)
