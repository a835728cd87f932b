"""How long a comparison will take, as it is said before anything is proven, and how far it has come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.comparison.budgets import Budgets
from perfkit.comparison.foreseen import Foreseen, Span, foreseen, span, span_of_points
from perfkit.comparison.plan import Plan
from perfkit.comparison.plan_line import batches_line, why_longer
from perfkit.comparison.progress import Progress
from perfkit.protocol.counting import Inspected
from perfkit.recipe import Claim
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings
from tests.messages import seam_count
from tests.unit.test_plan import ask, rows

QUIET = Settings(processes=8, budget_s=8.0, extremes="none")
ALONE = Budgets(alone_s=8.0)
NEEDS = Foreseen(proving_s=4.0, building_s=10.0, slow_s=2.0, weight=8.0, after_s=1.0)


def counted(plan: Plan, call_s: float = 0.001, *, awkward: bool = False) -> Outcome:
    seams = dict.fromkeys(plan.target.seams, seam_count(inclusive=0.1))
    seen = Inspected(call_ns=call_s * 1e9, passes=1, seams=seams, awkward=awkward)
    return Outcome(seams={(name, ()): seen for name in ("run", "walk")}, opened_in_s=0.5)


def of(
    plan: Plan, *, call_s: float = 0.001, awkward: bool = False, each_s: float | None = None, **changed: Any
) -> Foreseen:
    outcome = counted(plan, call_s, awkward=awkward)
    return foreseen(plan, rows(plan), outcome, replace(QUIET, **changed), 2, each_s)


def test_what_two_workers_prove_takes_half_and_what_has_been_proven_tells_the_rest() -> None:
    plan = ask("plain")  # measured on run, alone and as a whole; walk is proven as well

    assert of(plan).proving_s == pytest.approx(3 * 1.5 / 2)
    assert of(replace(plan, quick=True)).proving_s == pytest.approx(2 * 1.5 / 2)
    assert of(replace(plan, batch_of=9)).proving_s == pytest.approx((2 * 1.5 + 0.45) / 2)
    assert of(plan, each_s=0.7).proving_s == 0.7
    assert of(replace(plan, proves=False)).proving_s == 0.0


def test_building_and_the_first_rounds_of_slow_calls_are_counted_by_what_a_call_takes() -> None:
    plan = ask("plain")

    assert of(plan).slow_s == 0.0
    assert of(plan, call_s=0.9).slow_s == pytest.approx(1.5 * 5 * 3 * 0.9 + 1.5 * 5 * 3 * 0.09)
    assert of(plan, call_s=0.9).building_s > of(plan).building_s > 4 * 0.5
    assert of(plan).weight == 8 * (3 + 1)


def test_what_follows_the_measuring_is_foreseen_too() -> None:
    plan = ask("plain")

    assert of(plan).after_s == 0.0
    assert of(plan, extremes="find").after_s == pytest.approx(0.5 + 2.3)
    assert of(plan, extremes="find", awkward=True).after_s == 0.0  # those that the target declares are proven
    assert of(plan, extremes="refuse", awkward=True).after_s == pytest.approx(0.5 + 2.3)
    assert of(replace(plan, memory=True)).after_s == pytest.approx(2 * 4 * (0.5 + 0.5))
    ((entry,),) = plan.variants
    claim = Claim(text="", measure="peak memory", low=2, high=3, workload="run", source="")
    claiming = replace(plan, variants=((replace(entry, recipe=replace(entry.recipe, memory_claim=claim)),),))
    assert of(claiming).after_s == pytest.approx(4 * (0.5 + 0.5))


def test_the_span_is_from_what_ends_early_to_what_uses_all() -> None:
    found = span([NEEDS], 3.0, ALONE)

    assert found == Span(least_s=3 + 2 + 8.5 + 4.8, most_s=pytest.approx(3 + 5.6 + 14 + 8 + 1))
    stacked = span([NEEDS], 3.0, Budgets.of(16.0, stacks=True), stacks=1)
    assert stacked.least_s == found.least_s
    assert stacked.most_s == pytest.approx(found.most_s + 8 + 2 * (1.4 * 1.5 + 1.4 * 10))


def test_a_session_that_is_limited_as_a_whole_takes_that_or_what_it_cannot_do_without() -> None:
    found = span([NEEDS], 3.0, ALONE, whole_s=100.0)

    assert found.most_s == 100.0
    assert found.least_s == pytest.approx(15.5 + 0.6 * 84.5)
    assert span([NEEDS] * 9, 3.0, ALONE, whole_s=100.0).most_s == pytest.approx(3 + 9 * (5.6 + 14 + 1 + 2))


def test_a_sweep_takes_as_often_as_long_and_may_need_its_proofs_once() -> None:
    first = span([NEEDS], 3.0, ALONE)

    assert span_of_points(first, [NEEDS], 1) == first
    three = span_of_points(first, [NEEDS], 3)
    assert (three.least_s, three.most_s) == pytest.approx((3 * first.least_s - 2 * 2.0, 3 * first.most_s))


def test_a_first_look_that_takes_longer_says_why() -> None:
    whole, quick = Span(least_s=13, most_s=19), Span(least_s=9, most_s=15)

    assert why_longer([NEEDS], whole, 3.0, quick=True) == [
        "perhaps more than the 15 s of a first look: starting processes and building in them takes about 10 s here"
    ]
    assert ": the proofs take about 40 s" in why_longer([replace(NEEDS, proving_s=40)], whole, 3.0, quick=True)[0]
    assert ": sampling takes about 60 s" in why_longer([NEEDS], whole, 60.0, quick=True)[0]
    assert why_longer([NEEDS], quick, 3.0, quick=True) == why_longer([NEEDS], whole, 3.0, quick=False) == []


def test_batches_in_words() -> None:
    first = "those first that replace most of the time"

    assert (
        batches_line([], [2, 6, 1], None)
        == f"9 recipes in 3 batches, {first}; 0 measurements in 0 fresh processes a batch"
    )
    assert batches_line([], [1], 60.0).startswith("1 recipe at once; ")
    assert batches_line([], [1], 60.0).endswith("; at most 60 s of sampling")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_progress_is_by_time_within_a_stage_by_what_it_says_and_never_goes_back() -> None:
    told, clock = list[float](), Clock()
    progress = Progress(lambda what, fraction: told.append(fraction), clock)
    progress.tell("nothing is expected", 0.5)
    progress.expect({"counting": 10.0, "all else": 30.0})
    progress.begin("counting")
    clock.now = 5.0
    progress.tell("counting", 0.0)  # by time
    progress.tell("counting", 0.8)
    clock.now = 50.0
    progress.tell("counting, which takes long", 0.0)  # never over before its end
    progress.expect({"proofs": 10.0, "rounds": 60.0, "after": 20.0})  # now it is known better
    progress.tell("counting", 0.0)
    progress.begin("proofs")
    progress.tell("proving", 0.0)
    progress.begin("rounds")
    progress.tell("measuring", 0.5)
    progress.begin("after")
    progress.begin("what nobody has foreseen")
    progress.tell("done", 1.0)

    assert told == pytest.approx([0.0, 0.125, 0.2, 0.2375, 0.2375, 0.2375, 0.5, 1.0])
