"""Peak memory: which count to go by, its ratio, what becomes of a claim, and where it is counted at all."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from perfkit.comparison.peak_memory import add_peaks
from perfkit.comparison.planned_rows import Row
from perfkit.errors import WorkFailed
from perfkit.protocol.counting import Inspected
from perfkit.protocol.peak_memory import PeakTaken, TakePeak
from perfkit.recipe import Claim, Reading
from perfkit.session.outcome import Failure, Outcome
from perfkit.session.pending import Pending
from perfkit.stats.peak_memory import Counted, judge_peak, peaks
from perfkit.worker.peak_memory import Resident, Traced, calls_torch, highest
from tests.unit.test_plan import PLAIN, ask

MB = 1_000_000
HALF = Reading("peak memory", 1.7, 2.3)
LESS = Reading("peak memory", 1.01, 1e6)


def counted(*traced: int, rss: int | None = None, torch: bool = False) -> list[Counted]:
    return [Counted(traced=each, rss=rss, torch=torch) for each in traced]


def test_what_python_and_numpy_ask_for_is_gone_by_where_they_ask_for_it_all() -> None:
    (first, second), word = peaks(counted(*[64 * MB] * 3, rss=66 * MB), counted(*[32 * MB] * 3, rss=35 * MB))

    assert (first.by, second.by, word) == ("tracemalloc", "rss", "")
    assert first.ratio == pytest.approx((2.0, 2.0, 2.0))
    assert (first.before, first.after, first.processes) == (64 * MB, 32 * MB, 3)
    assert second.ratio[1] < 66 / 35 < second.ratio[2]  # it is known in steps alone


def test_the_resident_set_is_gone_by_where_it_holds_far_more() -> None:
    (first, _), _ = peaks(counted(*[MB] * 3, rss=80 * MB), counted(*[MB] * 3, rss=40 * MB))

    assert first.by == "rss"


def test_where_torch_is_called_only_the_resident_set_tells_and_only_of_much() -> None:
    much, word = peaks(counted(*[5] * 3, rss=60 * MB, torch=True), counted(*[5] * 3, rss=30 * MB, torch=True))
    little = peaks(counted(*[5] * 3, rss=20 * MB, torch=True), counted(*[5] * 3, rss=30 * MB, torch=True))
    unknown = peaks(counted(*[5] * 3, torch=True), counted(*[5] * 3, torch=True))

    assert (much[0].by, word) == ("rss", "")
    assert little == ((), little[1])
    assert "30.0 MB is too little for RSS to tell: it takes 50.0 MB" in little[1]
    assert unknown[0] == ()
    assert "does not tell RSS" in unknown[1]


def test_a_few_objects_make_no_ratio() -> None:
    (peak,), _ = peaks(counted(300, 300), counted(900, 900))

    assert peak.ratio == pytest.approx((1.0, 1.0, 1.0))
    assert (peak.before, peak.after) == (300, 900)


@pytest.mark.parametrize(
    ("ratio", "outcome"),
    [
        ((2.0, 1.9, 2.1), "reproduced"),
        ((2.0, 1.6, 2.4), "undecided"),
        ((1.2, 1.1, 1.3), "smaller than claimed"),
        ((1.0, 0.995, 1.005), "no effect here"),
        ((0.5, 0.49, 0.51), "more memory here"),
        ((4.0, 3.9, 4.1), "larger than claimed"),
        (None, "not measurable here"),
    ],
)
def test_a_claim_of_half_the_memory(ratio: tuple[float, float, float] | None, outcome: str) -> None:
    assert judge_peak(HALF, "faster", ratio) == outcome


def test_a_claim_without_an_upper_end_is_not_too_small_however_little_is_left() -> None:
    assert judge_peak(LESS, "slower", (5e7, 4e7, 6e7)) == "reproduced"
    assert judge_peak(LESS, "rejected", (5e7, 4e7, 6e7)) == "rejected"


class Fake:
    """A subject whose memory is known: what it is built with, what a call takes, and what it keeps of each."""

    star = False

    def __init__(self, built: int = 0, call: int = 0, kept: int = 0) -> None:
        self.mine = [bytearray(built)]
        self.call, self.kept = call, kept

    def invoke(self, argument: Any) -> int:
        taken = bytearray(self.call)
        self.mine.append(bytearray(self.kept))
        return len(taken)

    def data(self, stream: int) -> Any:
        return stream

    def prepare(self, data: Any) -> Any:
        return bytearray(50 * MB)

    def around(self) -> Any:
        return nullcontext()

    def close(self) -> None:
        self.mine.clear()


@pytest.mark.parametrize(
    ("made", "most"),
    [
        ({"call": 8 * MB}, 8 * MB),
        ({"built": 8 * MB}, 8 * MB),
        ({"built": 8 * MB, "call": 2 * MB}, 10 * MB),
        ({"kept": MB, "call": 8 * MB}, 11 * MB),  # two are kept when the third call begins, which keeps one more
    ],
)
def test_what_an_instance_holds_and_a_call_takes_counts_and_inputs_do_not(made: dict[str, int], most: int) -> None:
    with Traced() as meter:
        found = highest(meter, lambda: Fake(**made), [1, 2, 3])  # type: ignore[arg-type,return-value]

    assert found == pytest.approx(most, rel=0.01)


def test_of_a_seam_what_it_was_built_from_does_not_count() -> None:
    with Traced() as meter:
        found = highest(meter, lambda: Fake(built=8 * MB, call=MB), [1], built=False)  # type: ignore[arg-type,return-value]

    assert found == pytest.approx(MB, rel=0.02)


@pytest.mark.skipif(not Resident.works(), reason="this system does not let a process forget its peak")
def test_the_resident_set_sees_it_too() -> None:
    class Touching(Fake):
        def invoke(self, argument: Any) -> int:
            return int(np.ones(self.call, np.uint8)[0])

    found = highest(Resident(), lambda: Touching(call=80 * MB), [1])  # type: ignore[arg-type,return-value]

    assert found == pytest.approx(80 * MB, rel=0.1)


def test_a_call_into_torch_is_seen_and_one_that_makes_none_is_not() -> None:
    torch = pytest.importorskip("torch")
    x = torch.ones(3)

    assert calls_torch(lambda: (x + 1).sum())
    assert not calls_torch(lambda: np.ones(3).sum())
    assert sys.getprofile() is None


class Workers:
    """Stands for a session: notes what is asked of its workers."""

    def __init__(self, outcome: Outcome, error: str = "") -> None:
        self.outcome, self.error, self.asked = outcome, error, list[TakePeak]()

    def worker(self, process: int) -> Any:
        return nullcontext(self)

    def send(self, request: TakePeak, *, about: str) -> Pending[PeakTaken]:
        return Pending(lambda: self.ask(request, about=about))

    def ask(self, request: TakePeak, *, about: str) -> PeakTaken:
        self.asked.append(request)
        if self.error:
            raise WorkFailed(self.error)
        return PeakTaken(traced_bytes=9000, rss_bytes=None, torch=False)


CLAIM = Claim(text="less", measure="peak memory", low=1.5, high=2.0, workload="run", source="notes")


def asked(*, memory: bool, claim: Claim | None = None, error: str = "", **noted: Any) -> Workers:
    plan = replace(ask("plain"), memory=memory)
    outcome = Outcome(seams={("run", ()): Inspected(call_ns=1e5, passes=1, seams={})}, **noted)
    entry = replace(PLAIN, recipe=replace(PLAIN.recipe, memory_claim=claim))
    workers = Workers(outcome, error)
    row = Row(recipes=("toy/plain",), cell=plan.cell("run", "macro"))
    add_peaks(workers, plan, [row], {"toy/plain": entry}, lambda *_: None)  # type: ignore[arg-type]
    return workers


def test_it_is_counted_in_fresh_processes_where_it_is_asked_for_or_claimed_and_nowhere_else() -> None:
    for workers in (asked(memory=True), asked(memory=False, claim=CLAIM)):
        roles = [(request.role, request.recipes, request.calls) for request in workers.asked]
        assert roles == [("baseline", (), 3)] * 3 + [("candidate", ("toy/plain",), 3)] * 3
        assert {len(found) for found in workers.outcome.peaks.values()} == {3}
    assert not asked(memory=False).asked


def test_a_candidate_that_is_wrong_is_not_counted() -> None:
    failed = {("toy/plain",): Failure(verdict="rejected", reason=None, text="wrong")}

    assert not asked(memory=True, failures=failed).asked


def test_what_goes_wrong_in_the_second_pass_is_a_warning() -> None:
    workers = asked(memory=True, error="ended by SIGSEGV")

    assert workers.outcome.warnings == ["plain: no peak memory: ended by SIGSEGV"]
    assert not workers.outcome.peaks
