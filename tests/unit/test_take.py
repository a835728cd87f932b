"""What is made of py-spy's passes: functions that it takes for waiting by their names, children that it finds late."""

from __future__ import annotations

from typing import Any

import pytest

from perfkit.profilers.profile import HotSpot, Profile
from perfkit.profilers.spent import Spent
from perfkit.profilers.stacks import Frame, Stacks
from perfkit.profiling.take import _with_mistaken, missed_children

MAIN, GET, WAIT = ("main", "/home/me/prog.py", 1), ("get", "/home/me/queue.py", 1), ("wait", "/home/me/threading.py", 1)
MS = 1_000_000


def pyspy(*weighted: tuple[tuple[Frame, ...], int], passes: int, spent: Spent, **more: Any) -> Profile:
    stacks = Stacks.of((stack, ms * MS) for stack, ms in weighted)
    spots = tuple(HotSpot(*f, own.self_ns, own.total_ns, 0) for f, own in stacks.functions({}).items())
    return Profile(
        profiler="pyspy", passes=passes, total_ns=1, bare_passes=passes, bare_ns=spent.wall_ns, hotspots=spots,
        rate=1000, samples=sum(ms for _, ms in weighted), stacks=stacks, spent=spent, **more,
    )  # fmt: skip


def shares(profile: Profile) -> dict[str, float]:
    return {h.function: h.self_ns / profile.seen_ns for h in profile.hotspots if h.self_ns}


def test_what_works_under_the_name_of_waiting_stands_to_the_rest_as_in_the_pass_that_saw_it() -> None:
    busy = Spent(wall_ns=1000 * MS, own_ns=990 * MS)
    found = pyspy(((MAIN, GET), 700), passes=10, spent=busy)
    idle = pyspy(((MAIN, GET), 350), ((MAIN, WAIT), 150), passes=5, spent=busy)

    both = _with_mistaken(found, idle, {})
    assert shares(both) == pytest.approx({"get": 0.7, "wait": 0.3})
    assert "wait (threading.py)" in both.notes[-1]
    assert _with_mistaken(found, found, {}) is found


def test_what_waits_under_that_name_gets_no_more_than_the_processors_time() -> None:
    idle_mostly = Spent(wall_ns=1000 * MS, own_ns=710 * MS)
    found = pyspy(((MAIN, GET), 700), passes=10, spent=idle_mostly)
    idle = pyspy(((MAIN, GET), 350), ((MAIN, WAIT), 150), passes=5, spent=idle_mostly)

    assert shares(_with_mistaken(found, idle, {})) == pytest.approx({"get": 0.986, "wait": 0.014}, abs=0.001)


@pytest.mark.parametrize(("seen_ms", "said"), [(90, False), (10, True), (0, True)])
def test_children_that_pyspy_found_too_late_are_said(seen_ms: int, said: bool) -> None:
    child: Frame = ("[process python child.py]", "", 0)
    spent = Spent(wall_ns=200 * MS, own_ns=100 * MS, children_ns=100 * MS)
    found = pyspy(((MAIN,), 100), ((child, MAIN), seen_ms), passes=1, spent=spent)

    notes = missed_children(found, found.stacks or Stacks.of([]))
    assert bool(notes) == said
    assert not said or f"ran 100 ms a call, and py-spy saw {seen_ms} ms" in notes[0]
