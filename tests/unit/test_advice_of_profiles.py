"""What a profile says of seams: shares with an error, threads without a bound, and no wrapper of everything."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from perfkit.profilers.common.profile import Profile
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profiling.advice import advise, seen_by
from tests.calls import table_of
from tests.messages import seam_count

MODEL, ATTEND, NORM = ("forward", "m.py", 1), ("attend", "m.py", 10), ("norm", "m.py", 20)
POOL: Frame = ("[threads task]", "", 0)
SEAMS = {MODEL[1:]: "forward", ATTEND[1:]: "attend", NORM[1:]: "norm"}


def profile(name: str = "pyspy", **more: Any) -> Profile:
    blank = {"passes": 1, "total_ns": 1, "bare_passes": 1, "bare_ns": 1, "hotspots": (), "rate": 1000, "seams": SEAMS}
    return Profile(profiler=name, **(blank | more))


def stacks(*weighted: tuple[tuple[Frame, ...], int]) -> Stacks:
    return Stacks.of((stack, ms * 1_000_000) for stack, ms in weighted)


def catalog(**touches: set[str]) -> Any:
    recipes = [
        SimpleNamespace(
            recipe=SimpleNamespace(id=name, full_id=f"t/{name}", status="documented", touches=touched), unavailable=""
        )
        for name, touched in touches.items()
    ]
    return SimpleNamespace(of_target=lambda target: recipes)


WHOLE = stacks(((MODEL, ATTEND), 600), ((MODEL, NORM, ATTEND), 100), ((MODEL, NORM), 290), ((MODEL,), 10))


def test_shares_are_the_profiles_with_their_error_and_the_largest_bound_is_first() -> None:
    found = catalog(a={"attend"}, b={"norm"}, both={"attend", "norm"}, all={"forward"})
    advice, wrappers = advise(found, "t", (), {}, [profile(stacks=WHOLE)])

    assert [(a.recipe, a.share, a.by) for a in advice] == [
        ("both", pytest.approx(0.99), "pyspy"),  # what both are in counts once
        ("a", pytest.approx(0.7), "pyspy"),
        ("b", pytest.approx(0.39), "pyspy"),
    ]
    assert advice[1].error == pytest.approx((0.7 * 0.3 / 1000) ** 0.5)
    assert advice[1].at_most == pytest.approx(1 / 0.3)
    assert wrappers == ("all",)  # forward holds all the rest


def test_a_share_within_its_error_of_nothing_is_no_advice() -> None:
    few = stacks(((MODEL, NORM), 1), ((MODEL, ATTEND), 99))
    advice, _ = advise(catalog(a={"attend"}, b={"norm"}), "t", (), {}, [profile(stacks=few)])

    assert [a.recipe for a in advice] == ["a"]


def test_a_seam_alone_is_no_wrapper() -> None:
    advice, wrappers = advise(catalog(all={"forward"}), "t", (), {}, [profile(stacks=stacks(((MODEL,), 100)))])

    assert [a.recipe for a in advice] == ["all"]
    assert wrappers == ()
    assert advice[0].at_most is None


def test_what_runs_on_threads_has_no_bound_and_comes_last() -> None:
    seen = stacks(((MODEL, NORM), 400), ((POOL, ATTEND), 600))
    advice, _ = advise(catalog(a={"attend"}, b={"norm"}), "t", (), {}, [profile(stacks=seen)])

    assert [(a.recipe, a.concurrent, a.at_most is None) for a in advice] == [("b", False, True), ("a", True, True)]


def test_the_share_is_of_the_wall_time_where_that_is_known() -> None:
    wall = stacks(((MODEL, NORM), 200), ((MODEL,), 800))
    seen = profile(stacks=stacks(((MODEL, NORM), 200)), wall=wall, wall_passes=1)

    (advice,), _ = advise(catalog(b={"norm"}), "t", (), {}, [seen])
    assert advice.share == pytest.approx(0.2)


def test_cprofile_keeps_no_stacks_and_counts_the_outermost_of_seams_that_call_each_other() -> None:
    table = table_of({
        (*MODEL[1:], "forward"): (1, 1, 0.01, 1.0, {}),
        (*NORM[1:], "norm"): (1, 1, 0.29, 0.39, {(*MODEL[1:], "forward"): (1, 1, 0.29, 0.39)}),
        (*ATTEND[1:], "attend"): (
            2, 2, 0.7, 0.7, {(*NORM[1:], "norm"): (1, 1, 0.1, 0.1), (*MODEL[1:], "forward"): (1, 1, 0.6, 0.6)},
        ),
    })  # fmt: skip
    seen = seen_by([profile("cprofile", native=table, rate=0)])

    assert seen is not None
    assert seen.error(0.5) is None
    assert seen.share({"norm", "attend"}) == pytest.approx(0.39)  # attend below norm is in it; that outside is lost
    assert seen.holds_all("forward")
    assert not seen.holds_all("attend")


def test_a_seam_that_no_stack_shows_has_the_share_that_was_clocked() -> None:
    clocked = {"sort": seam_count(inclusive=1.15, error=0.02)}
    (advice,), _ = advise(catalog(c={"sort"}), "t", (), clocked, [profile(stacks=WHOLE)])

    assert (advice.share, advice.error, advice.by, advice.at_most) == (1.0, pytest.approx(0.02), "clock", None)
