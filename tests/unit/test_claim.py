"""Claim against measurement: every outcome, and the conversion to the claim's own measure."""

from __future__ import annotations

import pytest

from perfkit.recipe import Claim
from perfkit.result import VERDICTS
from perfkit.stats.claim import judge, measured_value

SHARE = Claim(text="14 %", measure="share of time", low=0.10, high=0.14, workload="w", source="notes")
SPEEDUP = Claim(text="2x", measure="speed-up", low=1.5, high=2.0, workload="w", source="notes")


@pytest.mark.parametrize(
    ("claim", "speedup", "outcome"),
    [
        pytest.param(SPEEDUP, (1.7, 1.6, 1.8), "reproduced", id="within"),
        pytest.param(SPEEDUP, (1.4, 1.2, 1.6), "undecided", id="only the interval reaches it"),
        pytest.param(SPEEDUP, (1.4, 1.3, 1.5), "undecided", id="the interval just reaches it"),
        pytest.param(SPEEDUP, (2.1, 1.9, 2.3), "reproduced", id="the interval comes down to it"),
        pytest.param(SPEEDUP, (9.0, 8.0, 9.9), "larger than claimed", id="wholly above"),
        pytest.param(SPEEDUP, (1.3, 1.2, 1.49), "smaller than claimed", id="wholly below"),
        # a share of 10 % goes away at 1.111x
        pytest.param(SHARE, (1.14, 1.12, 1.16), "reproduced", id="share within"),
        pytest.param(SHARE, (1.10, 1.08, 1.12), "undecided", id="only the share's interval reaches it"),
        pytest.param(SHARE, (1.09, 1.08, 1.11), "smaller than claimed", id="share wholly below"),
    ],
)
def test_a_proven_gain_is_held_against_the_claimed_range(
    claim: Claim, speedup: tuple[float, float, float], outcome: str
) -> None:
    assert judge(claim, "faster", speedup) == outcome


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        ("rejected", "rejected"),
        ("failed", "rejected"),
        ("slower", "slower here"),
        ("equivalent", "no effect here"),
        ("undecided", "not measurable here"),
        ("layout-dependent", "not measurable here"),
        ("unavailable", "not measurable here"),
        ("not-exercised", "not measurable here"),
    ],
)
def test_without_a_proven_gain_nothing_is_reproduced(verdict: str, outcome: str) -> None:
    assert judge(SPEEDUP, verdict, (1.7, 1.6, 1.8)) == outcome
    assert judge(SPEEDUP, verdict, None) == outcome
    assert verdict in VERDICTS


def test_a_gain_without_a_number_is_not_measurable() -> None:
    assert judge(SPEEDUP, "faster", None) == "not measurable here"


def test_a_speed_up_becomes_the_share_of_time_that_goes_away() -> None:
    assert measured_value(SHARE, (2.0, 1.25, 4.0)) == pytest.approx((0.5, 0.2, 0.75))
    assert measured_value(SHARE, (1.0, 0.5, 1.0)) == pytest.approx((0.0, -1.0, 0.0))


@pytest.mark.parametrize("measure", ["speed-up", "seam speed-up"])
def test_a_speed_up_stays_as_it_is(measure: str) -> None:
    claim = Claim(text="", measure=measure, low=1.5, high=2.0, workload="w", source="notes")

    assert measured_value(claim, (2.0, 1.25, 4.0)) == (2.0, 1.25, 4.0)
