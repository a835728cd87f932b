"""What a benchmark says of a row besides: what has not settled, what calls do beside, and which roles flush."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from perfkit.cell import Cell
from perfkit.comparison.groups import groups_of
from perfkit.comparison.planned_rows import Row
from perfkit.machine import cache_sweep
from perfkit.microbench import sampling
from perfkit.microbench.document import _beside
from perfkit.microbench.judge import _benched, _settling
from perfkit.microbench.merge import merged
from perfkit.microbench.sampling import Sampling, with_sampling
from perfkit.protocol.counting import Inspected
from perfkit.result import Sample
from perfkit.schedule import BASELINE, CONTROL, flushed_role, is_flushed
from perfkit.session.budget import Budget
from perfkit.session.outcome import Group, GroupOutcome, Outcome
from perfkit.settings import Settings
from perfkit.stats.times import Times

from ..integration.conftest import document, row

CELL = Cell(target="toy", workload="run", size="small", kind="micro", seam="mix")
PROCESS = np.repeat(np.arange(5), 30)


def groups(*names: str, state: str | None = None) -> list[Group]:
    cell = (
        CELL
        if state is None
        else Cell(target="toy", workload="run", size="small", kind="micro", seam="mix", state=state)
    )
    rows = [Row(recipes=(), cell=cell), *(Row(recipes=(name,), cell=cell) for name in names)]
    return groups_of(rows, dict.fromkeys(rows, 1000.0), 5)


def test_calls_that_become_faster_in_every_process_have_not_settled() -> None:
    rng = np.random.default_rng(0)
    falling = 1000 * np.exp(-0.01 * np.tile(np.arange(30), 5)) * rng.normal(1, 0.002, 150)
    found = _settling(PROCESS, falling)

    assert found is not None
    assert found[0] > 1.1 * found[1]
    assert _settling(PROCESS, 1000 * rng.normal(1, 0.01, 150)) is None
    assert _settling(PROCESS, falling[::-1]) is None  # slower is another matter: the machine, or a leak


def sampled(elapsed_ns: Callable[[int, int], int]) -> GroupOutcome:
    """A baseline by itself in five processes, twelve rounds each; `elapsed_ns` of (process, round), for ten calls."""
    (group,) = groups()
    outcome = GroupOutcome(group=group)
    outcome.samples = [
        Sample(group=group.id, role=role, process=p, round=r, position=0, loops=10, elapsed_ns=elapsed_ns(p, r))
        for p in range(5)
        for r in range(12)
        for role in (BASELINE, CONTROL)
    ]
    return outcome


def benched(outcome: GroupOutcome, resolution_ns: int = 1) -> tuple[float, float, float]:
    """Its time of a call, with the interval."""
    measured = replace(row("x", "measured"), role=BASELINE, baseline_ns=1e5)
    found = _benched(measured, outcome, Times(outcome.samples), resolution_ns).bench
    assert found is not None
    return found.time_ns


def test_a_place_in_memory_that_is_worse_in_some_processes_widens_the_interval() -> None:
    jitter = np.random.default_rng(0).normal(1, 0.01, (5, 12))
    _, low, high = benched(sampled(lambda p, r: int(1_000_000 * (1 + p % 2) * jitter[p, r])))

    assert low < 1e5
    assert high > 2e5  # rounds that were taken for independent would know it to a tenth: they share their luck


def test_what_a_coarse_clock_cannot_tell_apart_widens_the_interval_of_a_time() -> None:
    same = sampled(lambda process, round: 1_000_000)  # in every process, so that nothing spreads

    assert benched(same) == pytest.approx((1e5, 1e5, 1e5), rel=1e-5)
    assert benched(same, 20_000) == pytest.approx((1e5, 1e5 / 1.02, 1e5 * 1.02), rel=1e-5)


def test_a_baseline_by_itself_is_no_candidate() -> None:
    (alone,) = groups()
    (beside,) = groups("toy/a", "toy/b")

    assert alone.alone
    assert alone.roles == (BASELINE, CONTROL)
    assert [c.role for c in beside.candidates] == ["candidate-1", "candidate-2"]
    assert beside.build(beside.roles, 1).describe


def test_the_baseline_flushes_once_more_and_every_role_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "can_flush", lambda: True)
    (usual,) = with_sampling(groups("toy/a"), Sampling(), every=False)
    (every,) = with_sampling(groups("toy/a"), Sampling(), every=True)

    assert usual.roles == (BASELINE, CONTROL, "candidate-1", flushed_role(BASELINE))
    assert every.roles[3:] == (flushed_role(BASELINE), flushed_role("candidate-1"))
    assert [*filter(is_flushed, every.roles)] == [*every.roles[3:]]
    assert every.build(every.roles, 1).variants[flushed_role("candidate-1")] == ("toy/a",)


def test_first_calls_neither_flush_nor_are_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "can_flush", lambda: True)
    (cold,) = with_sampling(groups(state="cold"), Sampling(swept=True, collects=True), every=True)
    (warm,) = with_sampling(groups(state="warm"), Sampling(swept=True, collects=True), every=True)

    assert (cold.taxed, cold.swept) == ((), False)
    assert (warm.taxed, warm.swept, warm.collects) == ((BASELINE,), True, True)


def test_nothing_flushes_where_that_cannot_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "can_flush", lambda: False)

    assert with_sampling(groups(), Sampling(), every=True)[0].taxed == ()


def test_what_goes_on_and_what_calls_change_is_said() -> None:
    outcome = Outcome()
    outcome.seams["call", ()] = Inspected(call_ns=1.0, passes=1, seams={}, busy=True)
    (group,) = groups()
    outcome.groups[group.id] = GroupOutcome(group=group, changed={"the processors it may run on"})

    assert [*_beside(outcome)] == [
        "call keeps running after its calls return: what it does then is in no time here",
        "calls change the processors it may run on, for all code of the process",
    ]
    assert [*_beside(Outcome())] == []


def test_runs_of_several_targets_are_one_document() -> None:
    one = document(
        (row("a", "faster", (2.0, 1.9, 2.1)),), status="complete", timing={"measuring_s": 1.0, "total_s": 2.0}
    )
    other = document((row("b", "slower", (0.5, 0.4, 0.6), target="other"),), status="budget", warnings=("new",))
    whole = merged([one, other], 9.0)

    assert [r.group.partition(":")[0] for r in whole.results] == ["model", "other"]
    assert {s.group.partition(":")[0] for s in whole.samples} == {"model", "other"}
    assert (whole.status, whole.timing["total_s"]) == ("budget", 9.0)
    assert "new" in whole.warnings


def test_a_budget_is_over_behind_its_deadline() -> None:
    now = [0.0]
    budget = Budget(Settings(budget_s=1.0), [[1.0]], now=lambda: now[0], deadline=5.0)

    assert not budget.is_over()
    now[0] = 5.5
    assert budget.is_over()
    assert not Budget(Settings(), [[1.0]], now=lambda: 1e9).is_over()


def test_a_sweep_is_larger_than_the_last_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_sweep, "last_level_bytes", lambda: 2**16)
    cache_sweep._buffer.cache_clear()
    try:
        cache_sweep.sweep()
        assert cache_sweep._buffer().nbytes == 2**17
        assert int(cache_sweep._buffer()[::64].min()) == 1
    finally:
        cache_sweep._buffer.cache_clear()
    assert cache_sweep.last_level_bytes() >= 2**16
