"""The traps that a loop of one's own walks into: each is planted, and each is excluded here, or said."""

from __future__ import annotations

import gc
import os
import statistics
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import perfkit
from perfkit import api
from perfkit.machine.float_mode import can_flush, set_flushing
from perfkit.microbench.functions import named_function
from perfkit.microbench.sampling import Sampling
from perfkit.report.bench import BenchReport
from perfkit.worker import timer
from perfkit.worker.handlers import counting, measuring
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.state import leftovers
from perfkit.worker.timer import HostTimer

from .conftest import BRIEF, PLANTED

WHOLE = replace(BRIEF, processes=5, max_rounds=15, budget_s=2.0)  # enough for an interval, on a busy machine too
ONCE = replace(BRIEF, max_rounds=1)


@pytest.mark.parametrize(("name", "flags"), [("decays", {"subnormal", "decayed"}), ("overflows", {"nonfinite"})])
def test_a_sample_whose_data_decays_or_overflows_is_taken_again(function: Any, name: str, flags: set[str]) -> None:
    rows, document, _ = function(name, make="mine:make_anew")
    bench = rows["warm"].bench

    assert flags.intersection(bench.flagged)
    assert bench.retaken > 0
    again = [s for s in document.samples if "repeated" in s.flags]
    assert {s.loops < 5 for s in again} == {True}  # as few as leave the data what it is


@pytest.mark.skipif(not can_flush(), reason="the float mode of this machine cannot be set")
def test_subnormals_that_no_output_shows_have_their_tax(function: Any, monkeypatch: Any, draw: Any) -> None:
    monkeypatch.setattr(measuring, "thread_count", lambda: 1)  # those of the tests would go on without flushing
    rows, document, seen = function("hidden", WHOLE)
    bench = rows["warm"].bench

    assert {*seen} == {True, False}
    assert (bench.inputs.subnormal, bench.outputs.subnormal, bench.flagged) == (0, 0, ())
    assert bench.tax.low > 1.5
    assert "it computes with subnormals, whether or not an output shows" in draw(BenchReport(document, {}), 200)


@pytest.mark.skipif(not can_flush(), reason="the float mode of this machine cannot be set")
def test_the_same_work_on_normal_numbers_has_no_tax(function: Any) -> None:
    rows, _, seen = function("sound", WHOLE)

    assert all(seen)
    assert rows["warm"].bench.tax.low < 1.5


@pytest.mark.skipif(not can_flush(), reason="the float mode of this machine cannot be set")
def test_what_switches_flushing_on_when_it_is_imported_is_named(briefly: None, mine: Path) -> None:
    switch = "\n\nfrom perfkit.machine.float_mode import set_flushing\n\nset_flushing(True)\n"
    (mine / "fast.py").write_text(PLANTED.read_text() + switch)
    try:
        asked = named_function("fast.py:double", folder=str(mine), make="fast.py:make")
        document = api.bench_function(asked, settings=BRIEF)
    finally:
        set_flushing(False)

    assert any("fast.py:double" in warning and "-ffast-math" in warning for warning in document.warnings)


def test_what_a_cache_answers_is_a_row_apart_from_the_first_call(function: Any) -> None:
    rows, _, seen = function("remembered", ONCE, first=True, make=None, args="n=3")

    assert {*rows} == {"cold", "warm"}
    assert 1 <= len(seen) <= 4  # of the processes that measure, one call each; the forks of first calls are not seen


def test_a_first_call_that_compiles_is_in_no_later_one(function: Any) -> None:
    rows, _, _ = function("compiles", ONCE, first=True)

    assert rows["cold"].bench.time_ns[0] > 10 * rows["warm"].bench.time_ns[0]


def test_a_result_that_nobody_uses_is_held_until_the_next_is_there(function: Any) -> None:
    _, _, seen = function("unused")

    assert statistics.mode(seen)  # but for the first call of each sample


def test_a_call_is_over_when_the_thread_that_it_gave_the_work_to_is_done(function: Any) -> None:
    _, _, seen = function("submits")

    assert seen
    assert all(seen)


def test_work_that_nobody_can_wait_for_is_said(function: Any, mine: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(counting, "busy_after", lambda: leftovers.busy_after(patience_s=0.2))
    try:
        _, document, _ = function("goes_on", ONCE)
    finally:
        (mine / "stop").touch()

    assert any("keeps running after its calls return" in warning for warning in document.warnings)


def test_a_lazy_result_is_consumed_before_the_clock_stops(function: Any) -> None:
    rows, document, seen = function("lazy")

    calls = sum(s.loops for s in document.samples if "warm" in s.group)
    assert len(seen) >= 64 * calls
    assert len(seen) % 64 == 0
    assert rows["warm"].verdict == "measured"


def test_no_input_is_sorted_already(function: Any) -> None:
    _, _, seen = function("sorts")

    assert seen
    assert not any(seen)


def test_a_buffer_that_is_handed_out_again_is_refused(function: Any) -> None:
    with pytest.raises(perfkit.errors.WorkFailed, match="overwritten by now"):
        function("reuses", replace(BRIEF, budget_s=2.0))  # of which the second round tells


@pytest.mark.parametrize("collects", [True, False])
def test_garbage_is_collected_while_calls_are_timed_if_it_is_wanted(function: Any, collects: bool) -> None:
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # Python's own, which the tests raise
    try:
        _, document, seen = function("cycles", how=Sampling(collects=collects))
    finally:
        gc.set_threshold(*thresholds)
    timed = sum(s.loops for s in document.samples)
    kept = [lying for enabled, lying in seen if not enabled]

    if collects:  # all but the calls that others are compared with
        assert len(kept) < timed / 2
    else:  # what a candidate leaves costs nothing until somebody collects it
        assert len(kept) >= timed
        assert max(kept) > 2 * 700


def test_caches_are_swept_before_each_call(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[int] = []
    monkeypatch.setattr(timer, "sweep", lambda: swept.append(1))

    _, document, _ = function("double", how=Sampling(swept=True))

    assert len(swept) >= sum(s.loops for s in document.samples if "warm" in s.group)


def test_inputs_lie_at_many_addresses_of_every_alignment(function: Any) -> None:
    _, _, seen = function("addresses")

    assert len({*seen}) > 10
    assert len({address % 64 for address in seen}) > 1


@pytest.mark.parametrize("size", [64, 2**17], ids=["small", "large"])
def test_arguments_of_a_seam_lie_at_every_alignment(size: int) -> None:
    (part,) = ArgumentSpec.of((np.linspace(0, 1, size, dtype=np.float32),), type(None), ()).parts
    bank, rng = part.bank(np.random.default_rng(0)), np.random.default_rng(1)
    first, *others = sample = [part.take(bank, rng) for _ in range(16)]

    assert len({array.ctypes.data % 64 for array in sample}) > 1
    assert not any(np.shares_memory(first, other) for other in others)


def test_what_calls_change_for_the_whole_process_is_said(function: Any) -> None:
    before = sys.getrecursionlimit()
    try:
        _, document, _ = function("moves")
    finally:
        sys.setrecursionlimit(before)

    assert any("calls change the recursion limit" in warning for warning in document.warnings)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="processes have no affinity here")
def test_a_call_that_moves_the_process_is_said_to(function: Any) -> None:
    before = os.sched_getaffinity(0)
    if len(before) < 2:
        pytest.skip("there is one processor only")
    try:
        _, document, _ = function("pins")
    finally:
        os.sched_setaffinity(0, before)

    assert any("calls change the processors it may run on" in warning for warning in document.warnings)


def test_samples_last_a_thousand_steps_of_a_coarse_clock(function: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(HostTimer, "resolution_ns", lambda timer: 5_000)
    _, document, _ = function("sound")
    lasting = [s.elapsed_ns for s in document.samples if "warm" in s.group]

    assert statistics.median(lasting) > 500 * 5_000
