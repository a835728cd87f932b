"""What follows the run under a profiler: py-spy's further passes, functions that it takes for waiting, slices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfkit.errors import ProfilerUnavailable
from perfkit.profilers.common.false_waits import with_false_waits
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.common.spent import Spent
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profilers.profiler import Look, Ran, RegionProcess
from perfkit.profilers.pyspy import missed_children
from perfkit.profilers.registry import PROFILERS

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

    both = with_false_waits(found, idle.sampled, idle.passes)
    assert shares(both) == pytest.approx({"get": 0.7, "wait": 0.3})
    assert "wait (threading.py)" in both.notes[-1]
    assert with_false_waits(found, found.sampled, found.passes) is found


def test_what_waits_under_that_name_gets_no_more_than_the_processors_time() -> None:
    idle_mostly = Spent(wall_ns=1000 * MS, own_ns=710 * MS)
    found = pyspy(((MAIN, GET), 700), passes=10, spent=idle_mostly)
    idle = pyspy(((MAIN, GET), 350), ((MAIN, WAIT), 150), passes=5, spent=idle_mostly)

    both = with_false_waits(found, idle.sampled, idle.passes)
    assert shares(both) == pytest.approx({"get": 0.986, "wait": 0.014}, abs=0.001)


@pytest.mark.parametrize(("seen_ms", "said"), [(90, ""), (10, "10.0 ms"), (0, "nothing")])
def test_children_that_pyspy_found_too_late_are_said(seen_ms: int, said: str) -> None:
    child: Frame = ("[process python child.py]", "", 0)
    spent = Spent(wall_ns=200 * MS, own_ns=100 * MS, children_ns=100 * MS)
    found = pyspy(((MAIN,), 100), ((child, MAIN), seen_ms), passes=1, spent=spent)

    notes = missed_children(found, found.stacks or Stacks.of([]))
    assert bool(notes) == bool(said)
    assert not said or f"ran 100 ms a call, and py-spy saw {said} of it" in notes[0]


class FakeRegion:
    """A region whose next passes are known; `asked` keeps how they were asked for."""

    def __init__(self, *rans: Ran | Exception, files: tuple[str, ...] = ()) -> None:
        self._rans = list(rans)
        self.asked: list[tuple[int, object]] = []
        self.process = RegionProcess(pid=7, root=(MEASURED[1], MEASURED[0]), files=lambda: files)

    def look(self, calls: int, look: Look) -> Ran:
        return self._next(calls, look)

    def collect(self, calls: int, name: str, rate: int) -> Ran:
        return self._next(calls, name)

    def _next(self, calls: int, how: object) -> Ran:
        self.asked.append((calls, how))
        ran = self._rans.pop(0)
        if isinstance(ran, Exception):
            raise ran
        return ran


MEASURED: Frame = ("measured", "region.py", 1)


def ran(*weighted: tuple[tuple[Frame, ...], int], passes: int = 5, raw: Any = None) -> Ran:
    stacks = Stacks.of(((MEASURED, *stack), ms * MS) for stack, ms in weighted)
    return Ran(passes, 1, Spent(), {}, (), raw, stacks)


BUSY, IDLE = Spent(wall_ns=1000 * MS, own_ns=990 * MS), Spent(wall_ns=1000 * MS, own_ns=300 * MS)


def follow_up(name: str, found: Profile, region: FakeRegion) -> Profile:
    follow = PROFILERS[name].follow_up
    assert follow is not None
    return follow(found, 10, region)


def test_pyspy_looks_once_more_at_what_waits_where_much_does() -> None:
    busy, idle = (pyspy(((MAIN, GET), 300), passes=10, spent=spent) for spent in (BUSY, IDLE))
    unasked = FakeRegion()
    region = FakeRegion(ran(((MAIN, GET), 150), ((MAIN,), 350)))

    assert follow_up("pyspy", busy, unasked) is busy
    assert unasked.asked == []
    found = follow_up("pyspy", idle, region)
    assert region.asked == [(5, Look(rate=1000, idle=True))]
    assert (found.wall_passes, found.wall and found.wall.total_ns) == (5, 500 * MS)
    assert found.stacks == idle.stacks


def test_what_pyspy_may_take_for_waiting_it_looks_at_once_more_and_a_slowed_one_pauses_again() -> None:
    busy = pyspy(((MAIN, GET), 700), passes=10, spent=BUSY, slowed=True)
    region = FakeRegion(ran(((MAIN, GET), 350), ((MAIN, WAIT), 150)), files=(WAIT[1],))

    assert shares(follow_up("pyspy", busy, region)) == pytest.approx({"get": 0.7, "wait": 0.3})
    assert region.asked == [(5, Look(rate=1000, idle=True, pause=True))]


def test_what_the_further_pass_saw_counts_by_its_own_calls_which_are_fewer() -> None:
    found = pyspy(((MAIN, GET), 300), passes=10, spent=Spent(wall_ns=1000 * MS, own_ns=710 * MS))
    region = FakeRegion(ran(((MAIN, GET), 150), ((MAIN, WAIT), 150), passes=5), files=(WAIT[1],))

    assert shares(follow_up("pyspy", found, region)) == pytest.approx({"get": 0.5, "wait": 0.5})


def test_where_pyspy_may_not_look_again_the_profile_stands_and_says_so() -> None:
    idle = pyspy(((MAIN, GET), 300), passes=10, spent=IDLE)
    found = follow_up("pyspy", idle, FakeRegion(ProfilerUnavailable("no samples")))

    assert found.notes == ("what waits is not known: no samples",)
    assert found.hotspots == idle.hotspots


def test_pyspy_looks_again_more_rarely_and_pausing_where_stacks_are_deep() -> None:
    deep = tuple(("f", "m.py", line) for line in range(300))
    calmer = PROFILERS["pyspy"].calmer
    assert calmer is not None

    again = calmer(ran((deep, 100)), Look(rate=499, native=True))
    assert again is not None
    assert again.rate < 200
    assert (again.pause, again.native) == (True, True)
    assert calmer(ran(((MAIN,), 100)), Look(rate=499)) is None


def test_pyinstrument_counts_slices_in_a_few_calls_and_says_what_it_cannot_tell_apart() -> None:
    found = pyspy(((MAIN,), 1000), passes=10, spent=BUSY)
    found = replace(found, profiler="pyinstrument", rate=500)
    short, long = FakeRegion(ran(raw=[[20, 500], [30, 500]])), FakeRegion(ran(raw=[[30, 500]]))

    blurred = follow_up("pyinstrument", found, short)
    assert short.asked == [(5, "slices")]  # half a second of calls that take a tenth
    assert blurred.blurred == pytest.approx(0.5)
    assert "pyinstrument cannot be trusted here: 50.0 %" in blurred.notes[0]
    assert follow_up("pyinstrument", found, long).notes == ()
