"""The interval beside a verdict never contradicts it: not as a number, and not as it is printed."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.recipe import Reading
from perfkit.report.interval import interval_words, speedup_words
from perfkit.result import Result, Speedup
from perfkit.stats.claim import Measured, interval_of, judge
from perfkit.stats.deciding_interval import as_picked, deciding
from perfkit.stats.estimate import Estimate, ratio_interval
from perfkit.stats.sums import Sums
from perfkit.stats.trend import Trend
from perfkit.stats.verdict import by_intervals, combine, decide, with_sums, with_trend
from tests.integration.conftest import row

REPLAYED = "its recorded calls were replayed up to 2 times each"


def speedup(estimate: Estimate) -> Speedup:
    point, low, high = estimate.ratio()
    return Speedup(point=point, low=low, high=high, level=estimate.level)


@st.composite
def rows(draw: st.DrawFn) -> Result:
    """A row as `comparison.table_figures` makes it: by the same rules, from drawn log-ratios of its processes."""
    size = draw(st.sampled_from([0.001, 0.02, 0.5, 4.0]))
    centre, spread = draw(st.floats(-size, size)), draw(st.floats(0, size))
    noise = draw(st.lists(st.floats(-1, 1), min_size=2, max_size=9))
    ratios = centre + spread * np.array(noise)
    e95, e99 = ratio_interval(ratios, 0.95), ratio_interval(ratios, 0.99)
    floor, margin = draw(st.floats(0, 2 * size)), draw(st.sampled_from([0.01, 0.05]))
    sums = draw(st.none() | st.builds(Sums, log_ratio=st.floats(-size, size), more=st.just(0.0),
                                      fewer=st.just(0.0), lone=st.just(False)))  # fmt: skip
    trend = draw(st.none() | st.builds(Trend, first=st.floats(-size, size), last=st.floats(-size, size),
                                       change=st.just(e99)))  # fmt: skip
    decision = with_trend(with_sums(decide(e95, e99, floor, margin), e95, sums, margin), trend)
    if decision.verdict == "faster" and draw(st.booleans()):
        decision = replace(decision, verdict="undecided", note=REPLAYED)
    changed: dict[str, Any] = {
        "speedup": speedup(e95), "speedup_99": speedup(e99), "noise_floor": floor, "margin": margin,
        "processes": len(noise), "note": decision.note,
        "sums": math.exp(sums.log_ratio) if sums else None,
        "trend": (math.exp(trend.first), math.exp(trend.last)) if trend else None,
    }  # fmt: skip
    return replace(row("a", decision.verdict, (1.0, 1.0, 1.0)), **changed)


def printed(r: Result) -> tuple[float, float] | None:
    found = re.search(r"\(([\d.,]+)–([\d.,]+)(?:, 95 %)?\)", interval_words(r))
    return (float(found[1].replace(",", "")), float(found[2].replace(",", ""))) if found else None


@given(rows())
@settings(deadline=None)
def test_what_is_printed_beside_a_verdict_is_what_decides_it(r: Result) -> None:
    ends = printed(r)

    if r.verdict == "faster":
        assert ends is not None
        assert ends[0] > 1
    elif r.verdict == "slower":
        assert ends is not None
        assert ends[1] < 1
    elif r.verdict == "equivalent":
        assert ends is not None
        assert interval_words(r).endswith(", 95 %)")
        assert 1 / (1 + r.margin) - 0.0005 <= ends[0] <= ends[1] <= 1 + r.margin + 0.0005
    elif ends is not None:
        assert ends[0] <= 1 <= ends[1]
    else:
        assert (interval_words(r), r.note != "") == ("(see note)", True)


@given(rows())
@settings(deadline=None)
def test_one_rule_gives_the_verdict_and_the_interval_beside_it(r: Result) -> None:
    assert r.speedup is not None
    assert r.speedup_99 is not None
    verdict, interval = by_intervals(r.speedup, r.speedup_99, r.noise_floor or 0.0, r.margin)

    assert r.verdict in (verdict, "undecided")
    if r.verdict == verdict:
        assert deciding(r) == interval


@pytest.mark.parametrize("ends", [(1e-17, 0.1), (-0.1, -1e-17)])
def test_a_lead_that_rounds_to_none_is_none(ends: tuple[float, float]) -> None:
    low, high = ends
    estimate = Estimate(point=(low + high) / 2, low=low, high=high, level=0.99, processes=8)
    verdict = decide(estimate, estimate, 0.0).verdict

    assert verdict == "undecided"
    assert deciding(row("a", verdict, estimate.ratio(), noise_floor=0.0)) is not None


@given(rows(), st.integers(2, 40))
@settings(deadline=None)
def test_of_a_best_one_the_interval_is_never_narrower_than_its_own(r: Result, of: int) -> None:
    own, picked = deciding(r), as_picked(r, of)

    assert (own is None) == (picked is None)
    if own and picked:
        assert picked.low <= own.low <= own.high <= picked.high


def test_the_noise_floor_is_part_of_what_decides() -> None:
    loud = row("a", "undecided", (1.03, 1.02, 1.04), noise_floor=0.05)
    quiet = replace(loud, verdict="faster", noise_floor=0.004)

    assert interval_words(loud) == "(0.981–1.082)"
    assert interval_words(quiet) == "(1.020–1.040)"


def test_what_denies_a_row_widens_its_interval() -> None:
    denied = row("a", "undecided", (1.3, 1.2, 1.4), sums=0.7, note="by the sum of all samples 0.7x")
    turned = replace(denied, sums=None, trend=(0.8, 1.6))

    assert speedup_words(denied) == "1.300x (0.700–1.400)"
    assert speedup_words(turned) == "1.300x (0.800–1.600)"


def test_what_denies_that_two_are_equal_widens_the_interval_too() -> None:
    """Its 95 % interval alone would make it equivalent, however far the 99 % one reaches."""
    wide = Speedup(point=1.001, low=0.985, high=1.017, level=0.99)
    denied = row("a", "undecided", (1.001, 0.995, 1.006), speedup_99=wide, sums=1.05, note="by the sum of all samples")

    assert interval_words(denied) == "(0.985–1.050)"
    assert interval_words(replace(denied, sums=None, trend=(0.97, 1.03))) == "(0.970–1.030)"
    assert interval_words(replace(denied, verdict="equivalent")) == "(0.995–1.006, 95 %)"


@pytest.mark.parametrize("verdict", ["undecided", "faster", "slower"])
def test_where_no_interval_decided_none_is_shown(verdict: str) -> None:
    few = row("a", "undecided", (28.0, 20.0, 40.0), processes=3, note="3 processes; a verdict needs 5")

    assert speedup_words(few) == "28.0x (see note)"
    assert speedup_words(row("a", verdict)) == "–"


def test_a_loud_run_shows_its_noise_floor_whatever_else_kept_a_row_undecided() -> None:
    few = row("a", "undecided", (1.0, 0.998, 1.002), noise_floor=0.05, processes=3, note="3 processes")

    assert interval_words(few) == "(0.952–1.050)"


def test_an_end_beyond_1_is_not_rounded_to_it() -> None:
    assert interval_words(row("a", "faster", (1.004, 1.0003, 1.008), noise_floor=0.0)) == "(1.0003–1.0080)"
    assert interval_words(row("a", "slower", (0.996, 0.992, 0.99996), noise_floor=0.0)) == "(0.99200–0.99996)"
    assert interval_words(row("a", "faster", (28.0, 1.04, 60.0), noise_floor=0.0)) == "(1.04–60.00)"
    assert interval_words(row("a", "undecided", (1.03, 0.9997, 1.06))) == "(1.000–1.060)"


def test_two_layouts_that_disagree_show_what_disagrees() -> None:
    one, other = (ratio_interval(np.full(8, centre) + 0.001 * np.arange(8), 0.95) for centre in (-0.2, 0.2))
    verdict = combine(decide(one, one, 0.0), one, decide(other, other, 0.0), other).verdict
    apart = [row("a", verdict, e.ratio()) for e in (one, other)]

    assert verdict == "layout-dependent"
    assert printed(apart[0])[1] < printed(apart[1])[0]  # type: ignore[index]


@given(st.floats(-1, 1), st.floats(0, 0.3), st.floats(0, 0.3), st.sampled_from([Reading("speed-up", 1.3, 1.5),
       Reading("share of time", 0.1, 0.14)]))  # fmt: skip
@settings(deadline=None)
def test_the_interval_of_a_claim_decides_it(point: float, width: float, floor: float, reading: Reading) -> None:
    ends = (math.exp(point - width), math.exp(point + width))
    measured = Measured(speedup=(math.exp(point), *ends), processes=8, noise_floor=floor)
    low, high = (reading.low, reading.high) if reading.measure == "speed-up" else (1 / 0.9, 1 / 0.86)
    outcome, _ = judge(reading, "undecided", measured)
    _, lowest, highest = interval_of(measured)

    assert (outcome == "smaller than claimed") == (highest < low * (1 - 1e-12))
    assert (outcome == "larger than claimed") == (lowest > high * (1 + 1e-12))
