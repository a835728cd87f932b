"""Which proofs are asked for before a recipe is measured: on which workloads, and on top of what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from perfkit.comparison.planned_rows import Row
from perfkit.comparison.proofs import prove
from perfkit.protocol.counting import Inspected
from perfkit.protocol.proving import Prove
from perfkit.session.outcome import Outcome
from perfkit.session.proving import Examination
from perfkit.settings import Settings
from tests.unit.test_plan import ask, rows

ALONE, ON_STACK = (), ("toy/plain",)


def proofs_of(planned: Sequence[Row], *, quick: bool = False, call_ns: float = 1e6) -> list[Prove]:
    """The proofs of a recipe whose claim was made on another."""
    found: list[Examination] = []

    def examine(wanted: Iterable[Examination]) -> None:
        found.extend(wanted)

    seen = Inspected(call_ns=call_ns, passes=1, seams={})
    outcome = Outcome(seams={("walk", on): seen for on in (ALONE, ON_STACK)})
    session: Any = SimpleNamespace(outcome=outcome, prover=SimpleNamespace(examine=examine))
    prove(session, replace(ask("claimed"), quick=quick), planned, Settings())
    (examination,) = found
    return cast("list[Prove]", examination.proofs)


def asked(planned: Sequence[Row], *, quick: bool) -> list[tuple[str, tuple[str, ...]]]:
    """(workload, recipes below) of each."""
    return [(proof.workload, proof.on) for proof in proofs_of(planned, quick=quick)]


def whole(plan_rows: Sequence[Row]) -> list[Row]:
    return [row for row in plan_rows if row.cell.kind == "macro"]


def test_a_recipe_is_proven_alone_on_every_workload_and_on_its_claims_stack_where_it_is_measured() -> None:
    assert asked(whole(rows(ask("claimed"))), quick=False) == [("walk", ON_STACK), ("run", ALONE), ("walk", ALONE)]


def test_a_call_at_the_default_size_is_made_where_it_is_measured_and_no_timed_one_is_sure_to_be() -> None:
    planned = whole(rows(ask("claimed")))

    def at_size(**how: Any) -> list[tuple[str, tuple[str, ...]]]:
        return [(proof.workload, proof.on) for proof in proofs_of(planned, **how) if proof.at_size]

    assert at_size() == []
    assert at_size(call_ns=1e9) == [("walk", ALONE)]  # which a budget may have no room for


def test_what_is_not_measured_or_briefly_is_not_called_without_comparing() -> None:
    planned = [replace(row, brief=not row.cell.on) for row in whole(rows(ask("claimed")))]
    often = {(proof.workload, proof.on): (proof.soak, proof.soak_s > 0) for proof in proofs_of(planned)}

    assert often == {("walk", ON_STACK): (64, True), ("run", ALONE): (16, False), ("walk", ALONE): (16, False)}


def test_what_is_measured_on_its_claims_stack_alone_is_proven_by_itself_all_the_same() -> None:
    only = [row for row in whole(rows(ask("claimed"))) if row.cell.on]

    assert ("walk", ALONE) in asked(only, quick=False)


def test_a_first_look_proves_what_it_measures() -> None:
    planned = whole(rows(ask("claimed")))

    assert asked(planned, quick=True) == [("walk", ON_STACK), ("walk", ALONE)]
    assert asked([row for row in planned if row.cell.on], quick=True) == [("walk", ON_STACK)]


def test_a_first_look_proves_also_what_cannot_be_measured_here() -> None:
    planned = [replace(row, remark="no such hardware") for row in whole(rows(ask("claimed")))]

    assert asked(planned, quick=True) == [("walk", ON_STACK), ("walk", ALONE)]
