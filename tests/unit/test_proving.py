"""What a session proves before it measures, and in which workers, on workers without a process."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
import pytest

from perfkit.errors import RecipeConflict, WorkFailed
from perfkit.protocol.counting import Inspect, Inspected
from perfkit.protocol.proving import Prove, Proven, ProveSeam, Settle, Settled
from perfkit.session.open_worker import Reserve
from perfkit.session.outcome import Candidate, Outcome
from perfkit.session.pending import Pending
from perfkit.session.proof_workers import ProofWorkers
from perfkit.session.proving import Examination, Prover
from perfkit.session.worker_process import RejectedOutput
from tests.messages import FakeWorker, rejection, seam_count

KEY = ("toy/fast",)
FAST = Candidate(role="candidate", recipes=KEY)
PLACE = ("run", "small", ())
COUNTED = Inspected(call_ns=9.0, passes=1, seams={"mix": seam_count(), "cube": seam_count(calls=0)}, stateful=False)
PROOF = Prove(workload="run", on=(), recipes=KEY, at_size=True, soak_s=0.0)
SEAM_PROOF = ProveSeam(workload="run", size="small", seam="mix", on=(), recipes=KEY, soak=4, soak_s=0.0)


def answers(**changed: Any) -> FakeWorker:
    """A worker in which all is well, but for what is changed."""
    given = {
        "inspect": COUNTED,
        "prove": Proven(checked_calls=70, calls_of_one_instance=66, awkward=2),
        "prove_seam": Proven(checked_calls=8, calls_of_one_instance=9),
        "settle": Settled(left=()),
        **changed,
    }
    return FakeWorker(
        {Inspect: given["inspect"], Prove: given["prove"], ProveSeam: given["prove_seam"], Settle: given["settle"]}
    )


class Opener:
    """Opens what `make` makes; `log` tells what was opened, ahead or not, and waited for."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make, self.log = make, list[str]()

    def __call__(self, process: int, /, **_: Any) -> Any:
        return self.ahead(process).opened()

    def ahead(self, process: int, /, **_: Any) -> Any:
        worker = self.make()
        self.log.append("ahead")
        pending = Pending(lambda: worker)
        return SimpleNamespace(
            worker=worker, opened=lambda: worker, wait=lambda: self.log.append("wait"), pending=pending
        )


def prover(outcome: Outcome, opener: Opener, at_once: int = 1, reserve: Reserve | None = None) -> Prover:
    """`reserve`: by default one that opens nothing."""
    workers = ProofWorkers(opener, at_once)
    return Prover(outcome, workers, lambda what, fraction: None, reserve or Reserve(opener, 1))


def counted(**calls: int) -> Outcome:
    """After the counting pass: how often `mix` was called by each workload, by default by `run`."""
    calls = calls or {"run": 3}
    seams = {(name, ()): seen(number) for name, number in calls.items()}
    return Outcome(seams=seams)


def seen(number: int, in_build: int = 0) -> Inspected:
    return Inspected(call_ns=9.0, passes=1, seams={"mix": seam_count(calls=number, in_build=in_build)})


def examined(worker: FakeWorker, outcome: Outcome | None = None, places: Any = (PLACE,)) -> Outcome:
    outcome = outcome or counted()
    prover(outcome, Opener(lambda: worker)).examine([Examination(FAST, places, ("mix",), [PROOF, SEAM_PROOF])])
    return outcome


def test_a_candidate_is_called_proven_and_settled() -> None:
    worker = answers(settle=Settled(left=("leaves 2 threads running",)))
    outcome = examined(worker)

    assert [type(request) for request in worker.asked] == [Prove, ProveSeam, Settle]
    tally = outcome.proofs[KEY]
    assert (tally.passed, tally.checked_calls, tally.calls_of_one_instance) == (True, 78, 66)
    assert tally.awkward == {"run": 2}
    assert outcome.warnings == ["fast leaves 2 threads running"]
    assert outcome.failures == {}
    assert worker.closed


@pytest.mark.parametrize(
    ("in_build", "said"), [(0, "run never calls"), (1, "run calls what it replaces only while it is built")]
)
def test_a_candidate_that_is_not_called_is_not_proven(in_build: int, said: str) -> None:
    worker = answers()
    outcome = examined(worker, Outcome(seams={("run", ()): seen(0, in_build)}))

    assert outcome.not_exercised["run", (), KEY].startswith(said)
    assert worker.asked == []
    assert not outcome.proofs[KEY].passed


def test_it_is_settled_where_it_is_called() -> None:
    worker, below = answers(), ("toy/below",)
    outcome = Outcome(seams={("run", ()): seen(0), ("walk", below): seen(1)})
    examined(worker, outcome, places=(PLACE, ("walk", "small", below)))

    (settle,) = worker.of(Settle)
    assert (settle.workload, settle.on) == ("walk", below)
    assert outcome.proofs[KEY].passed


def test_without_a_place_there_is_nothing_to_prove() -> None:
    worker = answers()

    assert not examined(worker, places=()).proofs[KEY].passed
    assert worker.asked == []


@pytest.mark.parametrize(("busy", "quiet"), [(False, True), (True, False)])
def test_a_candidate_must_be_quiet_where_the_baseline_is(busy: bool, quiet: bool) -> None:
    worker = answers()
    examined(worker, Outcome(seams={("run", ()): msgspec.structs.replace(seen(3), busy=busy)}))

    assert {r.quiet for r in worker.of(Settle)} == {quiet}


@pytest.mark.parametrize(
    ("error", "verdict", "reason", "text"),
    [
        (RejectedOutput(rejection("candidate", error="no")), "rejected", None, "on run: round 3: no"),
        (RecipeConflict("both replace mix"), "rejected", "conflict", "both replace mix"),
        (WorkFailed("it is gone", reason="SIGSEGV"), "failed", "SIGSEGV", "it is gone"),
        (WorkFailed("it is gone"), "failed", "exception", "it is gone"),
    ],
)
def test_what_goes_wrong_in_a_proof_is_the_candidates_failure(
    error: Exception, verdict: str, reason: str | None, text: str
) -> None:
    outcome = examined(answers(prove=error))

    found = outcome.failures[KEY]
    assert (found.verdict, found.reason, found.text) == (verdict, reason, text)
    assert not outcome.proofs[KEY].passed


def test_the_baseline_is_compared_with_its_control_by_the_first_candidate_alone() -> None:
    outcome, worker = counted(), answers()
    asked = prover(outcome, Opener(lambda: worker))
    for proof in (PROOF, PROOF, msgspec.structs.replace(PROOF, on=("toy/below",))):
        asked.examine([Examination(FAST, [PLACE], ("mix",), [proof])])
        worker.closed = False

    assert [request.controlled for request in worker.of(Prove)] == [False, True, False]


def test_a_proof_of_one_call_has_not_compared_the_baseline_with_its_control() -> None:
    outcome = counted()
    one_call = answers(prove=Proven(checked_calls=2, calls_of_one_instance=1))
    prover(outcome, Opener(lambda: one_call)).examine([Examination(FAST, [PLACE], ("mix",), [PROOF])])

    assert not outcome.controlled


def test_ctrl_c_in_a_proof_is_nobodys_failure() -> None:
    outcome, worker = counted(), answers(prove_seam=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        examined(worker, outcome)

    assert outcome.failures == {}
    assert (outcome.proofs[KEY].passed, outcome.proofs[KEY].checked_calls) == (False, 70)
    assert worker.closed


class Slow(FakeWorker):
    """A worker whose answers come when `order` says so: that of the proofs, by what they are about."""

    order: ClassVar[list[str]] = []

    def send(self, request: Any, *, about: str, within_s: float | None = None) -> Any:
        pending = super().send(request, about=about)
        kind = type(request)
        waits = self.order.index(request.about) if kind in (Prove, ProveSeam) and request.about in self.order else 0
        pending.descriptor = 1000 + waits  # see `first`
        return pending


def first(waiting: Any) -> Any:
    return min(waiting, key=lambda pending: pending.descriptor)


def proven_by_two(monkeypatch: pytest.MonkeyPatch, order: list[str], prove: Any) -> tuple[Outcome, list[Slow]]:
    """Three proofs, on the workloads a, b and c, shared out over two workers."""
    monkeypatch.setattr("perfkit.session.proof_queue.first_done", first)
    monkeypatch.setattr(Slow, "order", order)
    workers: list[Slow] = []

    def opened() -> Slow:
        workers.append(Slow({Inspect: COUNTED, Prove: prove, Settle: Settled(left=("keeps a thread",))}))
        return workers[-1]

    outcome = counted()
    proofs = [msgspec.structs.replace(PROOF, workload=name) for name in "abc"]
    prover(outcome, Opener(opened), 2).examine([Examination(FAST, [PLACE], ("mix",), proofs)])
    return outcome, workers


def test_two_workers_share_the_proofs_of_one_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    proven = Proven(checked_calls=7, calls_of_one_instance=5)
    outcome, workers = proven_by_two(monkeypatch, ["b", "c", "a"], proven)

    assert [[r.workload for r in worker.of(Prove)] for worker in workers] == [["a"], ["c", "b"]]
    assert outcome.proofs[KEY].passed
    assert outcome.proofs[KEY].checked_calls == 21
    assert [len(worker.of(Settle)) for worker in workers] == [1, 1]
    assert outcome.warnings == ["fast keeps a thread"]  # said once
    assert all(worker.closed for worker in workers)


@pytest.mark.parametrize("order", [["a", "b", "c"], ["c", "a", "b"]])
def test_the_first_proof_that_fails_is_told_whichever_ends_first(
    monkeypatch: pytest.MonkeyPatch, order: list[str]
) -> None:
    def wrong(request: Prove) -> Any:
        raise RejectedOutput(rejection("candidate", error=f"ValueError: {request.workload}"))

    outcome, workers = proven_by_two(monkeypatch, order, wrong)

    assert "ValueError: a" in outcome.failures[KEY].text
    assert not outcome.proofs[KEY].passed
    assert [r.workload for worker in workers for r in worker.of(Prove)] == ["a", "c"]  # none is begun after


@pytest.mark.parametrize("error", [OSError(11, "no process"), WorkFailed("no memory")])
def test_what_cannot_be_opened_ahead_leaves_what_was_and_the_comparison_goes_on(error: Exception) -> None:
    made = iter([first := answers(), error])

    def make() -> Any:
        if isinstance(one := next(made), Exception):
            raise one
        return one

    with ProofWorkers(Opener(make), 2).opening_ahead():
        assert not first.closed

    assert first.closed


def test_for_one_who_is_not_called_no_worker_is_opened() -> None:
    opener = Opener(answers)
    outcome = Outcome(seams={("run", ()): seen(0)})
    prover(outcome, opener, 2).examine([Examination(FAST, [PLACE], ("mix",), [PROOF, SEAM_PROOF])])

    assert outcome.not_exercised
    assert opener.log == []


OTHER = Candidate(role="candidate", recipes=("toy/other",))


def alone(candidate: Candidate) -> Examination:
    """Of a candidate with one proof."""
    return Examination(candidate, [PLACE], ("mix",), [msgspec.structs.replace(PROOF, recipes=candidate.recipes)])


def test_candidates_that_share_workers_are_proven_beside_each_other_with_one_each() -> None:
    workers: list[FakeWorker] = []

    def make() -> FakeWorker:
        workers.append(answers(settle=Settled(left=(), clean=True)))
        return workers[-1]

    outcome = counted()
    found = prover(outcome, Opener(make), 2)
    both = [
        Examination(one.candidate, one.places, one.touched, [*one.proofs, SEAM_PROOF])
        for one in map(alone, (FAST, OTHER))
    ]
    with found.sharing():
        found.examine(both)

    assert [[type(r) for r in worker.asked] for worker in workers] == [[Prove, ProveSeam, Settle]] * 2
    assert [worker.of(Prove)[0].recipes for worker in workers] == [KEY, OTHER.recipes]
    assert outcome.proofs[KEY].passed
    assert outcome.proofs[OTHER.recipes].passed
    assert [worker.closed for worker in workers] == [True, True]


def test_while_a_worker_is_being_opened_another_candidate_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[tuple[str, str]] = []

    def make() -> FakeWorker:
        return answers(
            prove=lambda request: log.append(("prove", *request.recipes)) or Proven(7, 5),
            settle=lambda request: log.append(("settle", *request.recipes)) or Settled(left=()),
        )

    class SlowToOpen(Opener):
        def ahead(self, process: int, /, **_: Any) -> Any:
            opening = super().ahead(process)
            opening.pending.descriptor = 1000 + len(self.log)  # see `first`; all else is there at once
            return opening

    monkeypatch.setattr(
        "perfkit.session.pending.first_done", lambda waiting: min(waiting, key=lambda one: one.descriptor or 0)
    )
    found = prover(counted(), SlowToOpen(make), 2)
    with found.sharing():
        found.examine(map(alone, (FAST, OTHER)))

    assert log == [(what, name) for name in (*KEY, *OTHER.recipes) for what in ("prove", "settle")]


def shared_by_two(first: Any, second: Any) -> tuple[Outcome, list[FakeWorker]]:
    """Two candidates that share workers where they may; `first` and `second`: what those that are opened answer."""
    workers: list[FakeWorker] = []
    made = iter([first, second])

    def make() -> FakeWorker:
        workers.append(next(made))
        return workers[-1]

    outcome = counted()
    found = prover(outcome, Opener(make))
    with found.sharing():
        for candidate in (FAST, OTHER):
            found.examine([alone(candidate)])
    return outcome, workers


def test_a_worker_in_which_nothing_is_left_proves_the_next_candidate_too() -> None:
    outcome, (worker,) = shared_by_two(answers(settle=Settled(left=(), clean=True)), None)

    assert [r.recipes for r in worker.of(Prove)] == [KEY, OTHER.recipes]
    assert outcome.proofs[KEY].passed
    assert outcome.proofs[OTHER.recipes].passed
    assert worker.closed


@pytest.mark.parametrize("settle", [Settled(left=("keeps a thread",)), Settled(left=(), clean=False)])
def test_a_worker_in_which_something_may_be_left_proves_no_other(settle: Settled) -> None:
    _, workers = shared_by_two(answers(settle=settle), answers())

    assert [[r.recipes for r in worker.of(Prove)] for worker in workers] == [[KEY], [OTHER.recipes]]
    assert [worker.closed for worker in workers] == [True, True]


def refuse_other(request: Prove) -> Any:
    if request.recipes == OTHER.recipes:
        raise RejectedOutput(rejection("candidate", error="ValueError: no"))
    return Proven(checked_calls=70, calls_of_one_instance=66)


def test_what_is_refused_beside_what_another_left_is_proven_once_more_alone() -> None:
    outcome, workers = shared_by_two(answers(prove=refuse_other, settle=Settled(left=(), clean=True)), answers())

    assert outcome.failures == {}
    assert outcome.proofs[OTHER.recipes].passed
    assert outcome.proofs[OTHER.recipes].checked_calls == 70  # of the second try alone
    assert [worker.closed for worker in workers] == [True, True]


def test_what_is_refused_alone_too_is_refused() -> None:
    clean = Settled(left=(), clean=True)
    outcome, workers = shared_by_two(answers(prove=refuse_other, settle=clean), answers(prove=refuse_other))

    assert "ValueError: no" in outcome.failures[OTHER.recipes].text
    assert outcome.proofs[KEY].passed
    assert not outcome.proofs[OTHER.recipes].passed
    assert [worker.closed for worker in workers] == [True, True]


def test_what_is_refused_is_proven_again_in_no_worker_that_has_proven_another() -> None:
    """Two workers are clean after two candidates; the third takes one of them, and is refused there."""
    clean, third = Settled(left=(), clean=True), Candidate(role="candidate", recipes=("toy/third",))
    made = iter([answers(prove=refuse_other, settle=clean), answers(prove=refuse_other, settle=clean), answers()])
    outcome = counted()
    found = prover(outcome, Opener(lambda: next(made)), 2)
    with found.sharing():
        found.examine([alone(FAST), alone(third)])
        found.examine([alone(OTHER)])

    assert outcome.failures == {}
    assert outcome.proofs[OTHER.recipes].passed
