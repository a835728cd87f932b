"""The line that says, before anything is proven, how many measurements there will be, where, and how long.

Its words: how many is counted by `groups`, how long is told by `foreseen`, and `recipe_run` puts it together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfkit import numbers
from perfkit.comparison.budgets import Budgets
from perfkit.comparison.foreseen import Foreseen, Span
from perfkit.comparison.groups import Fitted
from perfkit.comparison.plan import Plan
from perfkit.schedule import SLOW_CALL_NS
from perfkit.session.outcome import Group

__all__ = ["Ahead", "announcement", "batches_line", "plan_line", "why_longer"]

_QUICK_S = 15.0  # what a first look is to take


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What is about to happen: a plan in batches, with the groups of each and what it is taken to need.

    `whole`: how long all will have taken. `limited`: whether that is limited, and not the sampling.
    """

    plan: Plan
    batches: Sequence[Plan]
    fitted: Sequence[Fitted]
    needs: Sequence[Foreseen]
    budgets: Budgets
    whole: Span
    limited: bool


def announcement(ahead: Ahead) -> str:
    """What is about to happen, how long it will take, and why that is long for a first look."""
    sampling_s = ahead.budgets.all_s
    if ahead.plan.in_batches:
        groups = [group for fitted in ahead.fitted for group in fitted.groups]
        recipes = [len(batch.variants) for batch in ahead.batches]
        line = batches_line(groups, recipes, None if ahead.limited else sampling_s)
    else:
        (fitted,) = ahead.fitted
        line = plan_line(fitted.groups, fitted.call_ns, sampling_s)
    on_top = "" if ahead.limited else "proofs and building come on top: "
    why = why_longer(ahead.needs, ahead.whole, ahead.budgets.alone_s, quick=ahead.plan.quick)
    return "; ".join([line, f"{on_top}{numbers.seconds_span(ahead.whole.least_s, ahead.whole.most_s)} in all", *why])


def plan_line(groups: Sequence[Group], call_ns: Mapping[str, float], budget_s: float) -> str:
    """What is about to happen, in one line."""
    words = [_measurements(groups), _sampling(budget_s)]
    for group in groups:
        if call_ns[group.id] > SLOW_CALL_NS:
            round_s = len(group.roles) * call_ns[group.id] / 1e9
            fits = max(1, int(budget_s / len(groups) / (round_s * group.processes)))
            words.append(
                f"{group.id}: {numbers.time(call_ns[group.id])} a call, about {fits} "
                f"round{'s' * (fits != 1)} in each of {group.processes}"
            )
    return "; ".join(words)


def batches_line(groups: Sequence[Group], recipes: Sequence[int], budget_s: float | None) -> str:
    """The same of many recipes; `recipes`: how many there are in each batch. `budget_s`: None where all is limited."""
    count = len(recipes)
    first = "those first that replace most of the time" if count > 1 else ""
    batches = f"in {count} batches, {first}" if count > 1 else "at once"
    each = " a batch" if count > 1 else ""
    words = [f"{sum(recipes)} recipe{'s' * (sum(recipes) != 1)} {batches}", f"{_measurements(groups)}{each}"]
    words += [] if budget_s is None else [_sampling(budget_s)]
    return "; ".join(words)


def _sampling(budget_s: float) -> str:
    return f"at most {numbers.given_seconds(budget_s)} of sampling"


def _measurements(groups: Sequence[Group]) -> str:
    processes = max((g.processes for g in groups), default=0)
    return f"{len(groups)} measurement{'s' * (len(groups) != 1)} in {processes} fresh processes"


def why_longer(each: Sequence[Foreseen], whole: Span, budget_s: float, *, quick: bool) -> list[str]:
    """Why a first look may take longer than it is to: what takes most of it. Nothing where it will not."""
    if not quick or whole.most_s <= _QUICK_S:
        return []
    parts = {
        "starting processes and building in them": sum(one.building_s for one in each),
        "the proofs": sum(one.proving_s for one in each),
        "sampling": budget_s,
        "what follows the measuring": sum(one.after_s for one in each),
    }
    longest = max(parts, key=lambda name: parts[name])
    verb = "take" if longest == "the proofs" else "takes"
    why = f"{longest} {verb} about {numbers.seconds(parts[longest])} here"
    return [f"perhaps more than the {numbers.given_seconds(_QUICK_S)} of a first look: {why}"]
