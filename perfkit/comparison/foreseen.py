"""What a comparison will take, in seconds, from what the counting pass has clocked. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from perfkit.comparison.batches import Need
from perfkit.comparison.budgets import Budgets
from perfkit.comparison.claims import speaks_of
from perfkit.comparison.groups import fit, set_up_s, slow_rounds_s
from perfkit.comparison.plan import Plan
from perfkit.comparison.planned_rows import Row, proven_on
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings

__all__ = ["Foreseen", "Span", "foreseen", "span", "span_of_points"]

_PROOF_S, _BRIEF_S = 1.5, 0.45  # of one candidate on a workload or seam, and where few calls are compared
_PROOF_OFF = 0.5, 1.4  # times that, before any has been seen: it depends on what a call takes
_EXTREMES_S = 2.3  # of one workload, with what a process needs to draw them
_PEAK_PROCESSES, _PEAK_S = 4, 0.5  # one after the other for a row, and what each takes once it is open
_LEAST_SAMPLED = 0.6  # of the budget: what becomes precise ends early
_BUILDING_OFF = 0.85, 1.4  # times what was clocked here once


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a plan, or one batch of it, is taken to need in seconds.

    `slow_s`: what the first rounds of slow calls take, which belongs to sampling. `weight`: how much more of that it
    gets, beside others. `after_s`: at most, what is counted and tried when all has been measured.
    """

    proving_s: float
    building_s: float
    slow_s: float
    weight: float
    after_s: float

    @property
    def of_sampling(self) -> Need:
        """Where a budget of sampling is shared out."""
        return Need(least_s=self.slow_s, weight=self.weight)

    @property
    def of_all(self) -> Need:
        """Where all of the time is."""
        return Need(least_s=self.proving_s + self.building_s + self.slow_s, weight=self.weight)


def foreseen(
    plan: Plan, rows: Sequence[Row], outcome: Outcome, settings: Settings, at_once: int, each_s: float | None = None
) -> Foreseen:
    """Of a plan and its rows. `at_once`: workers beside each other; `each_s`: what proving a candidate has taken."""
    fitted = fit(rows, outcome, replace(settings, budget_s=math.inf))
    proving_s = _PROOF_S * _proofs(plan, rows) / at_once if each_s is None else each_s * len(plan.variants)
    return Foreseen(
        proving_s=proving_s if plan.proves else 0.0,
        building_s=set_up_s(fitted, outcome.opened_in_s, at_once) if fitted.groups else 0.0,
        slow_s=slow_rounds_s(fitted.groups, fitted.call_ns),
        weight=sum(group.weight * group.processes for group in fitted.groups),
        after_s=_after_s(plan, rows, outcome, settings),
    )


def _proofs(plan: Plan, rows: Sequence[Row]) -> float:
    """How many proofs there are, one of few calls counting as a part."""
    elsewhere = 0.0 if plan.quick or plan.later_point else _BRIEF_S / _PROOF_S if plan.is_of_many else 1.0
    alone = {(row.recipes, row.cell.seam, row.cell.on) for row in rows if row.cell.kind == "micro" and not row.remark}
    count = float(len(alone))
    for variant in plan.variants:
        if stacks := proven_on(plan, variant, rows):
            measured = plan.workloads(variant)
            count += len(stacks) * len(measured) + elsewhere * (len(plan.target.able) - len(measured))
    return count


def _after_s(plan: Plan, rows: Sequence[Row], outcome: Outcome, settings: Settings) -> float:
    peaks = _PEAK_PROCESSES * (outcome.opened_in_s + _PEAK_S) * len(list(_counted(plan, rows)))
    return peaks + (outcome.opened_in_s + _EXTREMES_S) * _extremes(plan, outcome, settings)


def _counted(plan: Plan, rows: Sequence[Row]) -> Iterator[Row]:
    """The rows whose peak memory is counted."""
    claims = {e.recipe.full_id: e.recipe.memory_claim for variant in plan.variants for e in variant}
    for row in rows:
        claim = claims.get(row.recipes[0]) if len(row.recipes) == 1 else None
        if not row.remark and (plan.memory or (claim is not None and speaks_of(claim, row.cell, plan.target))):
            yield row


def _extremes(plan: Plan, outcome: Outcome, settings: Settings) -> int:
    """On how many workloads candidates are tried on extreme inputs, each counted by itself."""
    declared = {name for (name, _), seen in outcome.seams.items() if seen.awkward}
    if settings.extremes == "none":
        return 0
    return sum(
        settings.extremes == "refuse" or name not in declared
        for variant in plan.variants
        for name in (plan.workloads(variant) if plan.measurable(variant) else ())
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Seconds at the least and at the most."""

    least_s: float
    most_s: float


def span(each: Sequence[Foreseen], over_s: float, budgets: Budgets, *, whole_s: float = 0.0, stacks: int = 0) -> Span:
    """How long a comparison in these batches will have taken at its end, where `over_s` are over.

    `whole_s`: how long all of it may take, where that is limited instead of the sampling. `stacks`: on how many
    workloads one is measured.
    """
    least, most = _PROOF_OFF
    quick, slow = _BUILDING_OFF
    proving_s, building_s = sum(one.proving_s for one in each), sum(one.building_s for one in each)
    slow_s, after_s = sum(one.slow_s for one in each), sum(one.after_s for one in each)
    least_s = over_s + least * proving_s + quick * building_s
    most_s = over_s + most * proving_s + slow * building_s + after_s
    if whole_s:
        left_s = max(0.0, whole_s - least_s - slow_s)
        least_s += slow_s + _LEAST_SAMPLED * left_s
        return Span(least_s=least_s, most_s=max(most_s + slow_s, whole_s))
    stacked_s = stacks * 2 * (most * _PROOF_S + slow * max(one.building_s for one in each)) if stacks else 0.0
    return Span(least_s=least_s + _LEAST_SAMPLED * budgets.alone_s, most_s=most_s + budgets.all_s + stacked_s)


def span_of_points(first: Span, each: Sequence[Foreseen], points: int) -> Span:
    """How long as many comparisons along an axis will take, the later of which may need no proofs."""
    least_s = max(0.0, first.least_s - _PROOF_OFF[0] * sum(one.proving_s for one in each))
    return Span(least_s=first.least_s + (points - 1) * least_s, most_s=points * first.most_s)
