"""Workers that are opened while a last proof leaves a processor idle: when, for whom, and that none stays."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from perfkit.errors import WorkFailed
from perfkit.protocol.counting import Inspect
from perfkit.protocol.measuring import Round
from perfkit.protocol.proving import Prove, Proven, Settle, Settled
from perfkit.session.measuring import Measuring
from perfkit.session.open_worker import Reserve
from perfkit.session.outcome import Outcome
from perfkit.session.proving import Examination
from tests.messages import FakeWorker
from tests.unit.test_measuring import SETTINGS, Workers, group
from tests.unit.test_proving import COUNTED, FAST, PLACE, PROOF, Opener, Slow, alone, answers, counted, first, prover

PROVEN = Proven(checked_calls=7, calls_of_one_instance=5)


class Ahead:
    """Opens workers without waiting, and remembers them by process."""

    def __init__(self, fails_from: int = 99) -> None:
        self.workers: list[tuple[int, FakeWorker]] = []
        self.fails_from = fails_from

    def ahead(self, process: int, /, **_: Any) -> Any:
        if len(self.workers) >= self.fails_from:
            raise WorkFailed("no memory")
        worker = FakeWorker({})
        self.workers.append((process, worker))
        return SimpleNamespace(worker=worker, opened=lambda: worker)


def test_as_many_are_opened_as_are_measured_beside_each_other_and_once() -> None:
    opened: Any = Ahead()
    reserve = Reserve(opened, 2)
    reserve.begin()
    reserve.begin()
    taken = reserve.take(1)
    reserve.close()

    assert [process for process, _ in opened.workers] == [0, 1]
    assert taken is not None
    assert taken.worker is opened.workers[1][1]
    assert [worker.closed for _, worker in opened.workers] == [True, False]  # what was taken is somebody's
    assert reserve.take(0) is None


def test_where_one_is_measured_at_a_time_and_where_none_can_be_opened_there_are_none() -> None:
    alone: Any = Ahead()
    Reserve(alone, 1).begin()
    assert alone.workers == []

    failing: Any = Ahead(fails_from=1)
    reserve = Reserve(failing, 2)
    reserve.begin()
    assert (reserve.take(0) is None, reserve.take(1)) == (False, None)


class Noted(Reserve):
    """Notes when it is to begin."""

    def __init__(self, log: list[str]) -> None:
        super().__init__(Opener(lambda: None), 1)
        self.log = log

    def begin(self) -> None:
        self.log.append("reserve")

    def close(self) -> None:
        self.log.append("closed")


def logged(log: list[str], *, failing: str = "") -> Any:
    def prove(request: Prove) -> Any:
        log.append(f"{request.workload} {request.recipes[0]}")
        if failing == request.workload:
            raise KeyboardInterrupt
        return PROVEN

    return prove


def test_it_begins_when_the_last_proofs_of_a_candidate_leave_a_worker_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("perfkit.session.proof_queue.first_done", first)
    monkeypatch.setattr(Slow, "order", ["a", "c", "b"])
    log: list[str] = []

    def opened() -> Slow:
        return Slow({Inspect: COUNTED, Prove: logged(log), Settle: Settled(left=())})

    proofs = [msgspec.structs.replace(PROOF, workload=name) for name in "abc"]
    found = prover(counted(), Opener(opened), 2, Noted(log))
    found.examine([Examination(FAST, [PLACE], ("mix",), proofs)])

    # a and c were begun with; while b is proven the other worker has nothing left
    assert [line.partition(" ")[0] for line in log] == ["a", "c", "reserve", "b"]


def test_it_begins_when_the_last_candidate_is_alone() -> None:
    log: list[str] = []
    outcome = counted()
    found = prover(outcome, Opener(lambda: answers(prove=logged(log))), 2, Noted(log))
    with found.sharing():
        found.examine([alone(FAST)])

    assert log[0] == "reserve"
    assert outcome.proofs[FAST.key].passed


def test_an_interruption_of_the_proofs_closes_it() -> None:
    log: list[str] = []
    found = prover(counted(), Opener(lambda: answers(prove=logged(log, failing="run"))), 2, Noted(log))
    with pytest.raises(KeyboardInterrupt):
        found.examine([alone(FAST)])

    assert log[-1] == "closed"


@pytest.mark.parametrize("processes", [2, 1])
def test_the_first_processes_are_those_of_the_reserve_and_none_is_left_when_samples_are_taken(processes: int) -> None:
    workers = Workers()
    reserve = Reserve(workers, 2)
    reserve.begin()
    ahead = [worker for _, worker in workers.opened]
    idle: list[list[bool]] = []

    def twist(request: Any, worker: FakeWorker) -> Any:
        if isinstance(request, Round):
            idle.append([not other.asked for other in ahead if not other.closed])

    workers.twist = twist
    outcome = Outcome()
    measuring = Measuring(outcome, SETTINGS, workers, lambda what, fraction: None, lambda: None, 2, reserve)
    measuring.measure([group(processes=processes)])

    assert idle
    assert not any(any(still) for still in idle)
    assert [process for process, _ in workers.opened] == ([0, 1] if processes == 2 else [0, 1, 0])
    assert all(worker.closed for _, worker in workers.opened)
    assert {s.process for s in outcome.groups["g"].samples} == set(range(processes))
