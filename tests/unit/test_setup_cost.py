"""Set-up cost: what a process pays beyond its own baseline, and no more than that is said."""

from __future__ import annotations

import pytest

from perfkit.stats.setup import setup_cost_ns

BASE = [100, 120, 110, 105, 400]  # the last process met a busy machine


@pytest.mark.parametrize(
    ("candidate", "control", "cost"),
    [
        pytest.param([n + 500 for n in BASE], BASE, 500, id="the same in every process"),
        pytest.param([n + 500 for n in BASE[:-1]] + [9000], BASE, 500, id="one process is far off"),
        pytest.param([100, 120, 800, 105, 400], BASE, 0, id="in one process only"),
        pytest.param([n + 20 for n in BASE], [100, 120, 110, 145, 400], 0, id="the control differs by more"),
        pytest.param([n + 20 for n in BASE], [100, 120, 110, 65, 400], 0, id="also to the other side"),
        pytest.param([n - 90 for n in BASE], BASE, 0, id="cheaper"),
        pytest.param(BASE, BASE, 0, id="a recipe that does nothing"),
        pytest.param([], BASE, 0, id="never set up"),
    ],
)
def test_set_up_cost_is_a_median_of_differences_beyond_the_control(
    candidate: list[int], control: list[int], cost: int
) -> None:
    assert setup_cost_ns({"baseline": BASE, "control": control, "candidate-1": candidate}, "candidate-1") == cost


def test_a_slow_first_process_is_nobody_s_cost() -> None:
    """The largest time of each role, as they were once compared, differ by much more."""
    baseline, candidate = [100, 100, 100], [400, 100, 100]

    assert max(candidate) - max(baseline) == 300
    assert setup_cost_ns({"baseline": baseline, "control": baseline, "c": candidate}, "c") == 0
