"""What the calling thread waits for, from what each profiler keeps: a table, stacks of the wall clock, stacks twice."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.profilers import cprofile
from perfkit.profilers.analysis.waiting import Wait, waits_of, wall_of
from perfkit.profilers.common import call_table, slices, spent
from perfkit.profilers.common.profile import Profile
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profilers.common.wait_places import working
from perfkit.profilers.common.waits import c_name, waits_in_c

MS = 1_000_000
NAP, SPIN, MAIN = ("nap", "prog.py", 3), ("spin", "prog.py", 9), ("main", "prog.py", 20)
SLEEP = ("sleep", "<built-in>", 0)
RUN, WAITPID = ("run", subprocess.__file__, 506), ("waitpid", "<built-in>", 0)
Weighted = Sequence[tuple[tuple[Frame, ...], int]]


def stacks(weighted: Weighted) -> Stacks:
    return Stacks.of((stack, ms * MS) for stack, ms in weighted)


def profile(name: str, **more: Any) -> Profile:
    return Profile(profiler=name, passes=1, total_ns=1, bare_passes=1, bare_ns=1, hotspots=(), rate=500, **more)


def test_what_pyinstrument_saw_waiting_is_named_with_who_called_it() -> None:
    wall = stacks([((MAIN, NAP, SLEEP), 70), ((MAIN, RUN, WAITPID), 20), ((MAIN, SPIN), 10)])
    seen = profile("pyinstrument", wall=wall, wall_passes=1, stacks=working(wall))

    assert waits_of([seen], 100 * MS, 90 * MS) == (
        "pyinstrument",
        (Wait("time.sleep", *NAP, 70.0 * MS), Wait("subprocess.run", *MAIN, 20.0 * MS)),
    )
    assert working(wall).total_ns == 10 * MS


def test_what_pyspy_saw_only_when_asked_for_idle_threads_is_what_waits() -> None:
    running = stacks([((SPIN,), 300), ((MAIN,), 4)])
    wall = stacks([((SPIN,), 310), ((NAP,), 700), ((MAIN,), 5)])
    seen = profile("pyspy", stacks=running, wall=wall, wall_passes=1)

    assert waits_of([seen], 1000 * MS, 700 * MS) == ("pyspy", (Wait("", *NAP, 700.0 * MS),))


def test_cprofiles_table_leads_from_the_c_function_to_the_callers_own_code() -> None:
    def nap() -> None:
        thread = threading.Thread(target=time.sleep, args=(0.02,))
        thread.start()
        thread.join()

    def rest() -> None:
        time.sleep(0.02)

    elapsed_ns, raw = cprofile.collect([nap, rest])
    by, found = waits_of([profile("cprofile", native=call_table.table(raw, ("", "")))], elapsed_ns, elapsed_ns)

    assert by == "cprofile"
    places = {(w.what, w.function, Path(w.file).name) for w in found}
    assert {("threading.join", "nap", "test_waiting.py"), ("time.sleep", "rest", "test_waiting.py")} <= places


@pytest.mark.parametrize(
    ("name", "dotted", "wait"),
    [
        ("<built-in method time.sleep>", "time.sleep", True),
        ("<method 'acquire' of '_thread.lock' objects>", "_thread.lock.acquire", True),
        ("<method 'get' of 'dict' objects>", "dict.get", False),
        ("<method 'join' of 'str' objects>", "str.join", False),
        ("lock.acquire", "lock.acquire", True),
        ("acquire", "acquire", False),
        ("<built-in method builtins.sum>", "builtins.sum", False),
    ],
)
def test_c_functions_that_wait_are_known_by_their_whole_name(name: str, dotted: str, wait: bool) -> None:
    assert (c_name(name), waits_in_c(name)) == (dotted, wait)


def test_the_systems_clocks_tell_running_from_waiting() -> None:
    start = spent.now(start=True)
    time.sleep(0.02)
    slept = spent.now(start=False) - start

    assert slept.waiting_ns >= 15 * MS
    assert slept.running_ns + slept.waiting_ns == slept.wall_ns
    before = spent.children_ns()
    subprocess.run(["sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"], check=True)
    assert spent.children_ns() > before


@pytest.mark.parametrize(("queued", "named"), [(0, 1), (690, 0)])
def test_standing_ready_without_a_processor_is_no_wait_of_the_programs(queued: int, named: int) -> None:
    clocks = spent.Spent(wall_ns=1000 * MS, own_ns=300 * MS, queued_ns=queued * MS)
    wall = stacks([((SPIN,), 310), ((NAP,), 700)])
    seen = profile("pyspy", stacks=stacks([((SPIN,), 300)]), wall=wall, wall_passes=1, spent=clocks)
    seen = replace(seen, bare_ns=1000 * MS)

    found = wall_of([seen], seen)
    assert found is not None
    assert len(found.waits) == named
    assert (found.running_ns, found.waiting_ns, found.queued_ns) == (300 * MS, 700 * MS, queued * MS)


def test_slices_near_the_interval_are_counted_and_others_not() -> None:
    sizes = [(15, 400), (20, 500), (24, 100)]  # up to 33 µs, 1 ms and 17 ms

    assert slices.blurred(sizes, 2e6) == pytest.approx(0.5)
    assert slices.blurred([], 2e6) == 0

    def busy() -> None:
        i = 1_000_000
        while i:
            i -= 1

    elapsed_ns, found = slices.collect([busy])
    assert max(found, key=lambda pair: pair[1])[0] > 20
    assert elapsed_ns > MS
