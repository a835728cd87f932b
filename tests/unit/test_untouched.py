"""Many candidates: which seams a workload calls is looked at once; what calls none of a candidate's needs one call."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.comparison import proofs
from perfkit.comparison.plan import Plan
from perfkit.errors import WorkFailed
from perfkit.protocol.counting import Survey
from perfkit.protocol.proving import SOAK_CALLS, Prove, Proven, ProveUntouched, UntouchedProven
from perfkit.session.outcome import Outcome
from perfkit.settings import Settings
from perfkit.sources.catalog import CatalogSource
from perfkit.worker.guard import Rejected
from perfkit.worker.handlers.counting import Counting
from perfkit.worker.handlers.proving import Proving
from tests.messages import FakeWorker
from tests.unit.test_plan import ask
from tests.unit.test_proving import Opener, prover

pytestmark = pytest.mark.usefixtures("libraries_unwatched")

PLANTED = Path(__file__).parents[1] / "planted"


@pytest.fixture
def source() -> CatalogSource:
    return CatalogSource([PLANTED], "toy", seed=3, installed=False)


@pytest.fixture
def proving(source: CatalogSource) -> Proving:
    return Proving(source)


def prove(recipe: str, *, controlled: bool) -> Prove:
    return Prove(workload="run", on=(), recipes=(f"toy/{recipe}",), at_size=False, soak_s=0.0, controlled=controlled)


def test_it_names_the_seams_that_the_baseline_calls(source: CatalogSource) -> None:
    assert Counting(source).survey(Survey(workloads=("run",))).called == {"run": ("cube", "finish", "mix")}


def test_one_call_of_each_is_compared_and_one_that_is_wrong_all_the_same_is_left_out(proving: Proving) -> None:
    variants = (("toy/unused",), ("toy/zeros",), ("toy/raises",), ("toy/identity",))
    right, zeros, raises, identity = proving.prove_untouched(ProveUntouched(workload="run", variants=variants)).proven

    assert right == identity == Proven(checked_calls=1, calls_of_one_instance=1, awkward=0)
    assert zeros is raises is None


@pytest.mark.parametrize("controlled", [False, True])
def test_without_a_control_the_proof_is_as_strict(
    proving: Proving, monkeypatch: pytest.MonkeyPatch, controlled: bool
) -> None:
    monkeypatch.setattr("perfkit.worker.proof.prove._SOAK_S", 60.0)  # however busy the machine is
    assert proving.prove(prove("identity", controlled=controlled)).checked_calls > 60
    with pytest.raises(Rejected):
        proving.prove(prove("drift", controlled=controlled))


def test_inputs_that_a_workload_declares_are_counted_where_they_were_tried(proving: Proving) -> None:
    uncalled, called = prove("unused", controlled=True), prove("identity", controlled=True)

    assert proving.prove(uncalled).checked_calls == 1  # as nothing of it is called there
    assert proving.prove(uncalled).awkward == 0
    assert proving.prove(called).awkward == 2


class Session:
    """Notes what is surveyed and proven."""

    def __init__(self, called: dict[str, frozenset[str]], right: tuple[str, ...] = ()) -> None:
        self.outcome = Outcome()
        self.counter = self.prover = self
        self.called, self.right = called, right
        self.untouched: dict[str, list[tuple[str, ...]]] = {}
        self.proofs: dict[tuple[str, ...], set[str]] = {}
        self.wanted: dict[tuple[str, ...], Any] = {}

    def survey(self, workloads: list[str]) -> None:
        assert workloads == ["run", "walk"]
        self.outcome.called.update(self.called)

    def prove_untouched(self, variants: dict[str, list[tuple[str, ...]]]) -> None:
        self.untouched = variants
        self.outcome.untouched.update((name, r) for name, each in variants.items() for r in each if r[0] in self.right)

    def sharing(self) -> AbstractContextManager[None]:
        return nullcontext()

    def examine(self, wanted: Any) -> None:
        for one in wanted:
            self.proofs[one.candidate.recipes] = {proof.workload for proof in one.proofs}
            self.wanted[one.candidate.recipes] = one.proofs


def asked(session: Session, plan: Plan) -> Session:
    proofs.prove(session, plan, [], Settings())  # type: ignore[arg-type]
    return session


EVERY = ask(target="toy", every=True)  # plain (inner, on run), claimed (outer, on walk), table, needs


def test_what_is_measured_or_called_is_proven_whole_and_of_the_rest_one_call_is_compared_together() -> None:
    called = {"run": frozenset({"outer", "inner"}), "walk": frozenset({"outer"})}
    session = asked(Session(called, right=("toy/plain",)), EVERY)

    assert ("toy/plain",) in session.untouched["walk"]
    assert ("toy/claimed",) not in session.untouched.get("run", [])  # which calls outer
    assert session.proofs["toy/plain",] == {"run"}
    assert session.proofs["toy/table",] == {"run", "walk"}  # it was not right there, so it is looked into


def test_of_many_fewer_calls_in_a_row_are_compared_where_a_workload_is_not_measured() -> None:
    session = asked(Session({"run": frozenset({"outer", "inner"}), "walk": frozenset({"outer"})}), EVERY)
    found = {proof.workload: proof for proof in session.wanted["toy/claimed",]}

    assert found["walk"].soak == SOAK_CALLS
    assert found["walk"].soak_s > 0  # it is measured there
    assert 1 < found["run"].soak < SOAK_CALLS
    assert found["run"].called  # as has been seen: no proof has to look again


@pytest.mark.parametrize(("call_ns", "soaked"), [(1e6, True), (2e8, False)])
def test_a_seam_is_called_without_comparing_only_where_there_is_time_for_some_calls(
    call_ns: float, soaked: bool
) -> None:
    cell = Cell(target="toy", workload="run", size="small", kind="micro", seam="mix")
    proof = proofs.seam_proof(cell, ("toy/plain",), call_ns, 1.0)

    assert bool(proof.soak_s) is soaked
    assert proof.soak >= 4


def test_where_nothing_is_known_of_a_workload_all_is_proven_whole() -> None:
    session = asked(Session({}), EVERY)

    assert session.untouched == {}
    assert session.proofs["toy/plain",] == {"run", "walk"}


def test_one_recipe_is_not_worth_looking() -> None:
    session = asked(Session({"walk": frozenset()}), ask("plain"))

    assert not session.outcome.called
    assert session.proofs["toy/plain",] == {"run", "walk"}


FAST = ("toy/fast",)


RIGHT = Proven(checked_calls=1, calls_of_one_instance=1, awkward=2)


def test_one_call_of_many_candidates_is_compared_in_one_process_and_what_is_right_is_noted() -> None:
    outcome, worker = Outcome(), FakeWorker({ProveUntouched: UntouchedProven(proven=(RIGHT, None))})
    prover(outcome, Opener(lambda: worker)).prove_untouched({"run": [FAST, ("toy/wrong",)]})

    assert outcome.untouched == {("run", FAST)}
    assert outcome.proofs[FAST].checked_calls == 1
    assert ("toy/wrong",) not in outcome.proofs  # it gets a proof of its own
    assert not outcome.failures


def test_a_process_that_dies_over_them_leaves_each_to_a_proof_of_its_own() -> None:
    outcome, worker = Outcome(), FakeWorker({ProveUntouched: WorkFailed("ended by SIGSEGV")})
    prover(outcome, Opener(lambda: worker)).prove_untouched({"run": [FAST], "walk": [FAST]})

    assert not outcome.untouched
    assert not outcome.failures
    assert worker.closed
