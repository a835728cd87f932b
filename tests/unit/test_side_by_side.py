"""Several profiles as one table: shares side by side, calls, and disagreements that chance does not explain."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from perfkit.profilers.analysis.side_by_side import disagreements, lines, main_of
from perfkit.profilers.common import call_table
from perfkit.profilers.common.profile import HotSpot, Profile
from perfkit.profilers.common.stacks import Frame, Stacks
from tests.calls import table_of

HOT, COOL, POOL = ("hot", "m.py", 1), ("cool", "m.py", 9), ("[threads task]", "", 0)
WAIT = ("wait", threading.__file__, 295)
MS = 1_000_000


def sampled(name: str, *weighted: tuple[tuple[Frame, ...], int]) -> Profile:
    stacks = Stacks.of((stack, ms * MS) for stack, ms in weighted)
    spots = tuple(
        HotSpot(function=f[0], file=f[1], line=f[2], self_ns=own.self_ns, total_ns=own.total_ns, calls=0)
        for f, own in stacks.functions({}).items()
    )
    return Profile(
        profiler=name, passes=10, total_ns=1, bare_passes=1, bare_ns=1, hotspots=spots, rate=500, stacks=stacks,
        samples=sum(ms for _, ms in weighted) // 2,
    )  # fmt: skip


def test_waiting_is_no_work() -> None:
    spy = sampled("pyspy", ((HOT,), 600), ((COOL,), 400))
    counts = counted(hot=(HOT, 10, 60), cool=(COOL, 10, 40), wait=(WAIT, 10, 100))

    assert disagreements([spy, counts]) == ()


def counted(**entries: tuple[Frame, int, int]) -> Profile:
    table = table_of({(f[1], f[2], f[0]): (n, n, ms / 1000, ms / 1000, {}) for f, n, ms in entries.values()})
    return Profile(
        profiler="cprofile", passes=10, total_ns=20, bare_passes=10, bare_ns=10,
        hotspots=call_table.hotspots(table, {}), native=table,
    )  # fmt: skip


def test_the_table_follows_the_sampler_that_sees_all_threads() -> None:
    spy = sampled("pyspy", ((HOT,), 600), ((POOL, COOL), 400))
    inside = sampled("pyinstrument", ((HOT,), 990), ((COOL,), 10))
    profiler = counted(hot=(HOT, 30, 700), cool=(COOL, 10, 300))

    assert main_of([profiler, inside, spy]) is spy
    found = {line.function: line for line in lines([profiler, inside, spy])}
    assert found["hot"].own == pytest.approx(0.6)
    assert found["hot"].calls == 3
    assert found["hot"].shares == pytest.approx({"pyspy": 0.6, "pyinstrument": 0.99, "cprofile": 0.7})
    assert found["cool"].call_ns == 30 * MS


def test_cprofile_alone_keeps_its_c_functions() -> None:
    table = table_of(
        {
            ("~", 0, "<built-in method sum>"): (4, 4, 0.3, 0.3, {(*HOT[1:], "hot"): (4, 4, 0.3, 0.3)}),
            (*HOT[1:], "hot"): (1, 1, 0.1, 0.4, {}),
        }
    )
    profile = Profile(
        profiler="cprofile", passes=1, total_ns=1, bare_passes=1, bare_ns=1,
        hotspots=call_table.hotspots(table, {}), native=table,
    )  # fmt: skip

    assert [(line.function, round(line.own, 2)) for line in lines([profile])] == [("sum", 0.75), ("hot", 0.25)]
    assert call_table.folded(table) == {HOT[1:]: 400 * MS}


@pytest.mark.parametrize(
    ("other", "function", "why"),
    [
        (
            counted(hot=(HOT, 2000, 900), cool=(COOL, 10, 100)),
            "hot",
            "cProfile's hook runs at each of 200 calls, of it or by it",
        ),
        (sampled("pyinstrument", ((HOT,), 1000)), "cool", "it runs on another thread"),
        (sampled("pyinstrument", ((HOT,), 100), ((COOL,), 900)), "hot", "neither threads nor calls explain it"),
        (sampled("pyinstrument", ((HOT,), 1000)), "hot", "sees no other threads"),
    ],
)
def test_what_chance_does_not_explain_is_named_with_a_reason(other: Profile, function: str, why: str) -> None:
    spy = sampled("pyspy", ((HOT,), 6000), ((POOL, COOL), 4000))

    found = {d.function: d for d in disagreements([spy, other])}
    assert why in found[function].why
    assert found[function].one == "pyspy"
    assert found[function].other == other.profiler


def test_what_chance_explains_is_not() -> None:
    few = [sampled("pyspy", ((HOT,), 60), ((COOL,), 40)), sampled("pyinstrument", ((HOT,), 50), ((COOL,), 50))]
    many = [sampled("pyspy", ((HOT,), 60_000), ((COOL,), 40_000)), sampled("pyinstrument", ((HOT,), 1), ((COOL,), 1))]

    assert disagreements(few) == ()  # 30 samples and 25
    assert disagreements(many) == ()
    assert disagreements([counted(hot=(HOT, 1, 1))]) == ()
    assert lines([]) == ()


def test_a_function_that_waits_in_one_and_is_left_out_of_the_other_is_explained() -> None:
    spy = sampled("pyspy", ((HOT,), 9000), ((COOL,), 1000))
    wall = Stacks.of([((HOT,), 9000 * MS), ((COOL,), 6000 * MS)])
    spy = replace(spy, wall=wall, wall_passes=10, bare_ns=1500 * MS)
    counts = counted(hot=(HOT, 10, 9000), cool=(COOL, 10, 6000))

    assert {d.function: d.why for d in disagreements([spy, counts])}["cool"].startswith("it waits there")


def test_without_other_threads_they_explain_nothing() -> None:
    spy = sampled("pyspy", ((HOT,), 6000), ((COOL,), 4000))

    (hot, cool) = disagreements([spy, sampled("pyinstrument", ((HOT,), 8000), ((COOL,), 2000))])
    assert hot.why == cool.why == "neither threads nor calls explain it"
