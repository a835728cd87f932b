"""When to stop: on the budget, on precision, on the most rounds, on nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.protocol.measuring import Piloted
from perfkit.schedule import BASELINE, CONTROL
from perfkit.session.budget import Budget, StoppingRule, common_loops
from perfkit.settings import Settings
from tests.messages import piloted

Ratios = Callable[[int], float]


class Now:
    """Seconds that pass only by `advance`."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s

    def advance(self, seconds: float) -> None:
        self.s += seconds


def noisy(round_: int) -> float:
    return float(np.random.default_rng(round_).normal(1.0, 0.3)) ** 2 + 0.1


def session(visits: Sequence[Sequence[float]] = ((1,),), **fields: Any) -> tuple[Budget, Now]:
    now = Now()
    return Budget(Settings(**fields), visits, now), now


def rounds(stopping: StoppingRule, now: Now, round_s: float, ratio: Ratios = noisy) -> int:
    """Do rounds of `round_s` until the stopping stops; `ratio` is candidate to baseline."""
    done = 0
    while stopping.goes_on():
        now.advance(round_s)
        stopping.note({BASELINE: 100.0, CONTROL: 100.0, "candidate-1": 100.0 * ratio(done)})
        done += 1
        assert done < 10_000
    return done


def test_a_process_stops_when_its_share_is_spent() -> None:
    budget, now = session(budget_s=10.0, max_rounds=1000, min_rounds=10**9)
    stopping = budget.stopping()

    assert rounds(stopping, now, 0.5) == 20
    assert stopping.stopped_by == "budget"
    assert budget.spent_s == pytest.approx(10.0)


def test_visits_are_given_up_where_building_leaves_sampling_too_little() -> None:
    """Four visits of 10 s of building: of the 35 s after the first, three more would take 30."""
    now = Now()
    budget = Budget(Settings(budget_s=1000.0), [[1], [1], [1], [1]], now, deadline=now() + 47.0)
    now.advance(10)
    rounds(budget.stopping(), now, 2.0)

    assert budget.is_tight()
    budget.give_up(1)
    assert not budget.is_tight()  # 20 of what is left


def test_nothing_is_given_up_without_a_deadline() -> None:
    budget, now = session([[1], [1]], budget_s=1.0)
    now.advance(1000)
    rounds(budget.stopping(), now, 0.5)

    assert not budget.is_tight()


def test_a_process_stops_when_its_medians_are_precise_but_not_before_the_fewest_rounds() -> None:
    budget, now = session(budget_s=1e9, min_rounds=12, max_rounds=500, relative_precision=0.0)
    stopping = budget.stopping()

    assert rounds(stopping, now, 0.01, lambda _: 0.5) == 12
    assert stopping.stopped_by == "precision"


def test_a_deadline_leaves_sampling_what_setting_up_does_not_take() -> None:
    """Two visits, each after 10 s of building: 50 s to the deadline are 30 s of sampling."""
    now = Now()
    fields: dict[str, Any] = {"budget_s": 1000.0, "max_rounds": 10**6, "min_rounds": 10**9}
    budget = Budget(Settings(**fields), [[1], [1]], now, deadline=now() + 50.0)
    now.advance(10)
    first = rounds(budget.stopping(), now, 1.0)
    now.advance(10)
    second = rounds(budget.stopping(), now, 1.0)

    assert (first, second) == (15, 15)
    assert now() == 1050.0


def test_past_its_deadline_a_process_still_does_one_round() -> None:
    now = Now()
    budget = Budget(Settings(budget_s=1000.0), [[1]], now, deadline=now() - 5.0)

    assert rounds(budget.stopping(), now, 1.0) == 1


def test_noise_keeps_it_going_up_to_the_most_rounds() -> None:
    budget, now = session(budget_s=1e9, max_rounds=37)
    stopping = budget.stopping()

    assert rounds(stopping, now, 0.01) == 37
    assert stopping.stopped_by == "rounds"


def test_every_role_must_be_precise() -> None:
    stopping = session(budget_s=1e9, max_rounds=30)[0].stopping()
    for done in range(30):
        assert stopping.goes_on(), done
        stopping.note({BASELINE: 100.0, CONTROL: 100.0 * noisy(done), "candidate-1": 50.0})
    assert not stopping.goes_on()
    assert stopping.stopped_by == "rounds"


def wobble(width: float, middle: float = 1.0) -> Ratios:
    """A spread that does not change with the rounds."""
    return lambda i: middle * (1.0 + width * (i % 7 - 3))


def test_the_precision_asked_for_is_of_the_log_ratio() -> None:
    fields = {"budget_s": 1e9, "min_rounds": 10, "max_rounds": 60, "relative_precision": 0.0}

    # a spread of 0.02 on either side over 10 rounds: about 0.01
    assert rounds(session(**fields, precision=0.02)[0].stopping(), Now(), 0.01, wobble(0.01)) == 10
    assert 10 < rounds(session(**fields, precision=0.008)[0].stopping(), Now(), 0.01, wobble(0.01)) < 60
    assert rounds(session(**fields, precision=0.001)[0].stopping(), Now(), 0.01, wobble(0.01)) == 60


def test_a_ratio_of_thousands_needs_no_third_digit() -> None:
    fields = {"budget_s": 1e9, "min_rounds": 10, "max_rounds": 60}

    assert rounds(session(**fields)[0].stopping(), Now(), 0.01, wobble(0.02, 1 / 3000)) == 10
    assert rounds(session(**fields, relative_precision=0.0)[0].stopping(), Now(), 0.01, wobble(0.02, 1 / 3000)) == 60
    assert rounds(session(**fields)[0].stopping(), Now(), 0.01, wobble(0.02, 0.9)) == 60


def test_a_noise_floor_need_be_no_finer_than_what_it_stands_beside() -> None:
    """A spread of 0.02 in both roles: enough beside a ratio of 3,000, and not beside one near 1."""

    def stops_after(ratio: float) -> int:
        stopping = session(budget_s=1e9, min_rounds=10, max_rounds=60)[0].stopping()
        while stopping.goes_on():
            spread = wobble(0.02)(stopping._rounds)
            stopping.note({BASELINE: 100.0, CONTROL: 100.0 * spread, "candidate-1": 100.0 * spread * ratio})
        return stopping._rounds

    assert stops_after(1 / 3000) == 10
    assert stops_after(0.9) == 60


def test_without_a_candidate_the_control_has_its_own_precision() -> None:
    stopping = session(budget_s=1e9, min_rounds=10, max_rounds=60)[0].stopping()
    while stopping.goes_on():
        stopping.note({BASELINE: 100.0, CONTROL: 100.0 * wobble(0.02)(stopping._rounds)})

    assert stopping.stopped_by == "rounds"


@pytest.mark.parametrize("effect", [0.5, 1.0, 2.0])
def test_the_size_of_a_small_effect_does_not_change_when_it_stops(effect: float) -> None:
    budget, now = session(budget_s=1e9, max_rounds=200, precision=0.02, relative_precision=0.0)

    assert rounds(budget.stopping(), now, 0.01, lambda i: effect * noisy(i)) == 200


def test_the_first_round_is_always_done() -> None:
    budget, now = session(visits=((1,), (1,)), budget_s=1.0)

    assert rounds(budget.stopping(), now, 50.0) == 1
    assert rounds(budget.stopping(), now, 50.0) == 1  # nothing is left, and still


def test_setting_up_is_not_measuring() -> None:
    budget, now = session(budget_s=10.0, max_rounds=1000, min_rounds=10**9)
    stopping = budget.stopping()
    now.advance(500.0)
    stopping.start()

    assert rounds(stopping, now, 1.0) == 10
    assert budget.spent_s == pytest.approx(10.0)


def test_starting_again_forgets_the_rounds_but_not_what_they_cost() -> None:
    budget, now = session(budget_s=10.0, max_rounds=3)
    stopping = budget.stopping()
    rounds(stopping, now, 1.0)
    stopping.start()

    assert rounds(stopping, now, 1.0) == 3
    assert budget.spent_s == pytest.approx(6.0)


@given(
    weights=st.lists(st.lists(st.sampled_from([1.0, 2.0, 4.0]), min_size=1, max_size=3), min_size=1, max_size=4),
    round_s=st.floats(0.01, 3.0),
    budget_s=st.floats(1.0, 50.0),
)
@settings(deadline=None, max_examples=60)
def test_a_visit_takes_its_share_of_what_is_left_to_the_nearest_round(
    weights: list[list[float]], round_s: float, budget_s: float
) -> None:
    budget, now = session(weights, budget_s=budget_s, min_rounds=10**9, max_rounds=10**9)
    left = [weight for process in weights for weight in process]
    while left:
        share_s = max(0.0, budget_s - budget.spent_s) * left[0] / sum(left)
        left.pop(0)
        before = budget.spent_s
        used_s = rounds(budget.stopping(), now, round_s) * round_s

        assert budget.spent_s - before == pytest.approx(used_s)
        assert used_s <= max(round_s, share_s + round_s / 2) + 1e-6  # never a whole round too much
        assert used_s >= share_s - round_s / 2 - 1e-6


def test_shares_follow_the_weights_and_add_up() -> None:
    budget, now = session([[1, 3], [1, 3]], budget_s=16.0, max_rounds=10**6, min_rounds=10**9)

    assert [rounds(budget.stopping(), now, 0.125) for _ in range(4)] == [16, 48, 16, 48]
    assert budget.spent_s == pytest.approx(16.0)


def test_what_one_visit_leaves_the_others_use() -> None:
    budget, now = session([[1], [1], [1]], budget_s=9.0, min_rounds=10, max_rounds=10**6)
    first = budget.stopping()
    rounds(first, now, 0.01, lambda _: 1.0)

    assert first.stopped_by == "precision"
    assert budget.spent_s == pytest.approx(0.1)
    assert rounds(budget.stopping(), now, 0.445) == 10  # (9 - 0.1) / 2 = 4.45 s


def test_the_fraction_counts_the_visits_that_have_begun() -> None:
    budget, _ = session([[1, 1], [1, 1]])
    seen = [budget.fraction()]
    for _ in range(4):
        budget.stopping()
        seen.append(budget.fraction())

    assert seen == [0.0, 0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(("round_s", "budget_s"), [(1.0, 2.4), (1.0, 2.0), (1.0, 0.5)])
def test_a_session_that_the_budget_ended_says_so(round_s: float, budget_s: float) -> None:
    budget, now = session(budget_s=budget_s, max_rounds=1000, min_rounds=10**9)
    stopping = budget.stopping()
    rounds(stopping, now, round_s)

    assert stopping.stopped_by == "budget"
    assert budget.exhausted


def test_a_session_that_precision_ended_is_not_exhausted() -> None:
    budget, now = session(budget_s=100.0)
    rounds(budget.stopping(), now, 0.1, lambda _: 1.0)

    assert not budget.exhausted


def pilots(**roles: tuple[int, float, bool]) -> dict[str, Piloted]:
    return {role: piloted(loops=n, call_ns=ns, draws=draws) for role, (n, ns, draws) in roles.items()}


def test_roles_that_draw_inputs_walk_as_many_of_them() -> None:
    # more prepared inputs are colder ones: unequal numbers would be charged to the faster role
    loops = common_loops(pilots(baseline=(4, 6e5, True), control=(5, 6e5, True), candidate=(67, 3e4, True)))

    assert loops == {"baseline": 67, "control": 67, "candidate": 67}


def test_a_slow_role_bounds_the_common_walk() -> None:
    loops = common_loops(pilots(baseline=(1, 20e6, True), candidate=(2000, 1e3, True)))

    assert loops == {"baseline": 2, "candidate": 2}
    assert common_loops(pilots(baseline=(1, 400e6, True), candidate=(1, 300e6, True)))["baseline"] == 1


def test_where_nothing_is_drawn_each_role_walks_its_own_number() -> None:
    loops = common_loops(pilots(baseline=(2, 1e6, False), control=(3, 1e6, False), candidate=(5000, 400, False)))

    assert loops == {"baseline": 2, "control": 2, "candidate": 5000}
