"""Two profiles of the same work: movers, what vanished and appeared, what may not be compared, whether it adds up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.errors import UsageError
from perfkit.profilers.analysis.difference import agrees, difference, untold
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.common.spent import Spent

functions = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 10**12), max_size=8)


def profile(passes: int = 1, profiler: str = "cprofile", rate: int = 0, **own_ns: int) -> Profile:
    spots = tuple(
        HotSpot(function=name, file="a.py", line=1, self_ns=ns, total_ns=ns, calls=passes)
        for name, ns in own_ns.items()
    )
    return Profile(profiler=profiler, passes=passes, total_ns=1, bare_passes=1, bare_ns=1, hotspots=spots, rate=rate)


def test_a_difference_is_per_call_and_names_what_vanished_and_appeared() -> None:
    found = difference(profile(2, table=200, product=100, same=20), profile(4, cache=40, product=160, same=40))

    assert [(m.function, m.change_ns) for m in found.movers] == [
        ("table", -100), ("cache", 10), ("product", -10), ("same", 0),
    ]  # fmt: skip
    assert [m.function for m in found.movers if not m.after_ns] == ["table"]
    assert [m.function for m in found.movers if not m.before_ns] == ["cache"]
    assert (found.before_ns, found.after_ns) == (160, 60)


@given(functions, functions, st.integers(1, 50), st.integers(1, 50))
def test_the_changes_add_up_to_the_whole(one: dict[str, int], two: dict[str, int], n: int, m: int) -> None:
    found = difference(profile(n, **one), profile(m, **two))

    whole = sum(two.values()) / m - sum(one.values()) / n
    assert sum(mover.change_ns for mover in found.movers) == pytest.approx(whole, abs=1e-3, rel=1e-9)
    assert len({mover.function for mover in found.movers}) == len(found.movers) == len({*one, *two})


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (profile(profiler="pyspy", rate=100), "cprofile and pyspy do not see the same"),
        (profile(rate=100), "sampled at 0 and 100 a second"),
    ],
)
def test_profilers_and_rates_that_differ_are_refused(other: Profile, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        difference(profile(), other)


def test_a_sum_agrees_within_what_both_sides_can_tell() -> None:
    found = difference(profile(a=1200), profile(a=1000))

    assert agrees(found, 1.19, 1.15, 1.23) is True
    assert agrees(found, 1.10, 1.09, 1.11) is False
    assert agrees(difference(profile(a=5), profile()), 1.1, 1.0, 1.2) is None


def test_a_profiler_that_saw_no_change_does_not_add_up_and_one_that_could_not_is_not_asked() -> None:
    blind = difference(profile(a=1000), profile(a=1000))

    assert agrees(blind, 1.09, 1.08, 1.10) is False
    assert agrees(blind, 0.92, 0.91, 0.93) is False
    assert agrees(blind, 1.01, 1.005, 1.015) is None
    few = replace(blind, error=0.2)
    assert agrees(few, 1.09, 1.08, 1.10) is None


def test_a_rate_that_deep_stacks_forced_down_is_no_refusal() -> None:
    calm = replace(profile(profiler="pyspy", rate=105, a=10), slowed=True)

    assert difference(profile(profiler="pyspy", rate=499, a=10), calm).before_ns == 10


def test_the_error_is_that_of_counting_whole_samples() -> None:
    sampled = [replace(profile(profiler="pyspy", rate=100, a=10**9), samples=n) for n in (120, 100)]

    assert difference(*sampled).error == pytest.approx(1 / 120 + 1 / 100)


@pytest.mark.parametrize(
    ("samples", "point", "low", "high", "words"),
    [
        ((9000, 9000), 1.005, 1.004, 1.006, "the change is too small to tell"),
        ((9000, 9000), 0.934, 0.80, 1.09, "the timed interval is too wide to tell"),
        ((25, 25), 1.10, 1.09, 1.11, "too few samples to tell"),
    ],
)
def test_why_nothing_can_be_told_is_said(
    samples: tuple[int, int], point: float, low: float, high: float, words: str
) -> None:
    sides = [replace(profile(profiler="pyspy", rate=100, a=10**9), samples=n) for n in samples]
    found = difference(*sides)

    assert agrees(found, point, low, high) is None
    assert untold(found, point, low, high) == words
    assert untold(difference(profile(a=5), profile()), 1.1, 1.0, 1.2) == "one side has no time in it"


def test_what_chance_explains_has_not_moved() -> None:
    one = replace(profile(profiler="pyspy", rate=100, hot=600, cool=400), samples=1000)
    two = replace(profile(profiler="pyspy", rate=100, hot=300, cool=410), samples=710)

    assert {m.function: m.within_noise for m in difference(one, two).movers} == {"hot": False, "cool": True}
    clocked = difference(profile(hot=1000, cool=1000), profile(hot=500, cool=1030))
    assert {m.function: m.within_noise for m in clocked.movers} == {"hot": False, "cool": True}


def test_what_waits_is_a_mover_where_a_profile_is_without_it() -> None:
    slept = Spent(wall_ns=1000, own_ns=300)
    sides = [
        replace(profile(profiler="pyspy", rate=100, spin=300), bare_ns=1000, spent=slept, samples=300),
        replace(
            profile(profiler="pyspy", rate=100, spin=300), bare_ns=300, spent=Spent(wall_ns=300, own_ns=300),
            samples=300,
        ),
    ]  # fmt: skip

    found = difference(*sides)
    assert [(m.function, m.before_ns, m.after_ns) for m in found.movers if m.before_ns != m.after_ns] == [
        ("[waiting]", 700, 0)
    ]
    assert (found.before_ns, found.after_ns) == (1000, 300)
    assert found.running_ns == (300, 300)
    assert found.clocks is None


def test_threads_add_up_to_the_processors_time_and_not_to_the_walls() -> None:
    sides = [
        replace(
            profile(profiler="pyspy", rate=100, work=ns), samples=9000, bare_ns=wall,
            spent=Spent(wall_ns=wall, own_ns=wall, threads_ns=ns - wall),
        )
        for ns, wall in ((2000, 1000), (1000, 800))
    ]  # fmt: skip

    found = difference(*sides)
    assert found.clocks == (2000, 1000)
    assert agrees(found, 1.25, 1.24, 1.26) is True  # the wall's 1.25 is not what is summed
    assert agrees(replace(found, clocks=(2000, 1500)), 1.25, 1.24, 1.26) is False
