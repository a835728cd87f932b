"""Claim against measurement: every outcome, what stands in the way of one, and the conversion to a claim's measure."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.recipe import Claim, Reading
from perfkit.result import VERDICTS
from perfkit.stats.claim import OUTCOMES, Measured, judge, measured_value
from perfkit.stats.estimate import student_quantile

SHARE = Reading("share of time", 0.10, 0.14)  # a share of 10 % goes away at 1.111x, one of 14 % at 1.163x
SPEEDUP = Reading("speed-up", 1.5, 2.0)
AT_LEAST = Reading("share of time", 0.70, 1.0)


def measured(point: float, error: float = 0.01, processes: int = 8, floor: float | None = None) -> Measured:
    """A row whose log-ratio has a standard error of `error`; its control the same, unless it has another floor."""
    reach = math.exp(student_quantile(0.95, processes) * error)
    if floor is None:
        floor = math.expm1((student_quantile(0.95, processes) + 2 / 3) * error)
    return Measured(speedup=(point, point / reach, point * reach), processes=processes, noise_floor=floor)


@pytest.mark.parametrize(
    ("reading", "point", "outcome"),
    [
        pytest.param(SPEEDUP, 1.7, "reproduced", id="within"),
        pytest.param(SPEEDUP, 1.5 * math.exp(0.003), "undecided", id="at the lower end"),
        pytest.param(SPEEDUP, 1.5 * math.exp(-0.016), "undecided", id="a little below"),
        pytest.param(SPEEDUP, 1.5 * math.exp(-0.018), "smaller than claimed", id="clearly below"),
        pytest.param(SPEEDUP, 2.0 * math.exp(0.009), "reproduced", id="a little above"),
        pytest.param(SPEEDUP, 2.0 * math.exp(0.032), "undecided", id="above"),
        pytest.param(SPEEDUP, 2.0 * math.exp(0.033), "larger than claimed", id="clearly above"),
        pytest.param(SHARE, 1.14, "reproduced", id="share within"),
        pytest.param(SHARE, 1.11, "undecided", id="share at the lower end"),
        pytest.param(SHARE, 1.09, "smaller than claimed", id="share clearly below"),
        pytest.param(AT_LEAST, 50.0, "reproduced", id="as much as can be"),
    ],
)
def test_the_point_is_compared_with_the_range_in_standard_errors(reading: Reading, point: float, outcome: str) -> None:
    assert judge(reading, "faster", measured(point)) == (outcome, "")


@pytest.mark.parametrize("verdict", ["undecided", "faster"])
def test_what_lies_clearly_beside_the_range_needs_no_verdict(verdict: str) -> None:
    assert judge(SPEEDUP, verdict, measured(1.0, 0.1))[0] == "smaller than claimed"
    assert judge(SPEEDUP, verdict, measured(3.0, 0.1))[0] == "larger than claimed"


@pytest.mark.parametrize(
    ("verdict", "row", "explained", "why"),
    [
        pytest.param("undecided", measured(1.7), 9.0, "the verdict is undecided", id="not surely faster"),
        pytest.param("faster", measured(1.7, floor=0.73), 9.0, "the noise floor exceeds the effect", id="noise"),
        pytest.param("faster", measured(1.7), 1.08, "what it replaces explains at most 1.080x", id="small seam"),
        pytest.param("faster", measured(1.7), 1.6, "what it replaces explains at most 1.600x", id="below the interval"),
        pytest.param("faster", measured(5.0), 1.6, "what it replaces explains at most 1.600x", id="far above"),
        pytest.param("faster", measured(1.7, processes=4), 9.0, "4 processes; it needs 5", id="few processes"),
    ],
)
def test_reproduced_is_not_said_against_the_evidence_and_the_reason_is(
    verdict: str, row: Measured, explained: float, why: str
) -> None:
    assert judge(SPEEDUP, verdict, row, explained) == ("undecided", why)


def test_a_seam_that_takes_7_percent_does_not_reproduce_14() -> None:
    noisy = Measured(speedup=(1.18, 1.02, 1.37), processes=8, noise_floor=0.73)

    assert judge(SHARE, "undecided", noisy, 1 / (1 - 0.07))[0] == "undecided"
    assert judge(SHARE, "faster", noisy)[0] == "undecided"


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        ("rejected", "rejected"),
        ("failed", "rejected"),
        ("layout-dependent", "not measurable here"),
        ("unavailable", "not measurable here"),
        ("not-exercised", "not measurable here"),
    ],
)
def test_without_a_figure_of_its_own_a_row_says_why(verdict: str, outcome: str) -> None:
    assert judge(SPEEDUP, verdict, measured(1.7)) == (outcome, "")
    assert judge(SPEEDUP, verdict, None) == (outcome, "")
    assert verdict in VERDICTS


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [("slower", "slower here"), ("equivalent", "no effect here"), ("undecided", "smaller than claimed")],
)
def test_what_is_far_below_is_said_in_the_words_of_the_verdict(verdict: str, outcome: str) -> None:
    assert judge(SPEEDUP, verdict, measured(0.9)) == (outcome, "")


@pytest.mark.parametrize(
    ("trend", "outcome"), [((1.2, 1.9), "undecided"), ((1.45, 1.55), "reproduced"), (None, "reproduced")]
)
def test_what_moves_across_the_range_within_a_process_is_undecided(
    trend: tuple[float, float] | None, outcome: str
) -> None:
    moving = replace(measured(1.5), trend=trend)

    assert judge(Reading("speed-up", 1.4, 1.6), "faster", moving)[0] == outcome


def test_a_gain_without_a_number_is_not_measurable() -> None:
    assert judge(SPEEDUP, "faster", None) == ("not measurable here", "")


def test_processes_that_happen_to_agree_do_not_make_a_run_sure() -> None:
    agreeing = Measured(speedup=(1.48, 1.4799, 1.4801), processes=8, noise_floor=0.05)

    assert agreeing.error == pytest.approx(math.log(1.05) / (2.365 + 2 / 3) / math.sqrt(2), rel=0.01)
    assert judge(SPEEDUP, "faster", agreeing) == ("undecided", "")


@given(
    st.sampled_from(VERDICTS),
    st.floats(0.2, 50),
    st.floats(1e-6, 1),
    st.integers(2, 64),
    st.floats(0, 10),
    st.floats(0.5, 10),
)
def test_reproduced_always_has_its_reasons(
    verdict: str, point: float, error: float, processes: int, floor: float, explained: float
) -> None:
    row = measured(point, error, processes, floor)
    for reading in (SHARE, SPEEDUP, AT_LEAST):
        outcome, why = judge(reading, verdict, row, explained)
        assert outcome in OUTCOMES
        assert outcome == "undecided" or not why
        if outcome == "reproduced":
            assert verdict == "faster"
            assert point > 1 + floor
            assert processes >= 5
            assert explained >= row.speedup[1]


def test_a_speed_up_becomes_the_share_of_time_that_goes_away() -> None:
    assert measured_value("share of time", (2.0, 1.25, 4.0)) == pytest.approx((0.5, 0.2, 0.75))
    assert measured_value("share of time", (1.0, 0.5, 1.0)) == pytest.approx((0.0, -1.0, 0.0))


@pytest.mark.parametrize("measure", ["speed-up", "seam speed-up"])
def test_a_speed_up_stays_as_it_is(measure: str) -> None:
    assert measured_value(measure, (2.0, 1.25, 4.0)) == (2.0, 1.25, 4.0)


def claim(**fields: object) -> Claim:
    known = {"text": "up to 30–40 %", "measure": "share of time", "low": 0.3, "high": 0.4}
    return Claim(workload="w", source="notes", **{**known, **fields})  # type: ignore[arg-type]


def test_words_that_can_be_read_both_ways_are_two_readings() -> None:
    both = claim(readings=(("speed-up", 1.3, 1.4),))

    assert both.every_reading == (("share of time", 0.3, 0.4), ("speed-up", 1.3, 1.4))
    # 1.35x is 35 % faster, and 26 % less time
    outcomes = [judge(reading, "faster", measured(1.35))[0] for reading in both.every_reading]
    assert outcomes == ["smaller than claimed", "reproduced"]


@pytest.mark.parametrize(
    ("readings", "says"),
    [
        ([("speed-up", 1.3, 1.4)], "must be a tuple of"),
        (("speed-up", 1.3, 1.4), "must be a tuple of"),
        ((("speed-up", 1.3),), "must be a tuple of"),
        ((("speed", 1.3, 1.4),), "measure must be one of"),
        ((("speed-up", 1.4, 1.3),), "low <= high"),
        ((("share of time", 0.3, 1.4),), "between 0 and 1"),
        ((("seam speed-up", 1.3, 1.4),), "all be of the seam alone"),
    ],
)
def test_a_reading_that_cannot_be_is_refused(readings: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        claim(readings=readings)
