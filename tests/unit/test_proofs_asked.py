"""Which proofs are asked for before a recipe is measured: on which workloads, and on top of what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from perfkit.comparison.planned_rows import Row
from perfkit.comparison.proofs import prove
from perfkit.protocol.proving import Prove
from perfkit.session.outcome import Outcome
from perfkit.session.proving import Examination
from perfkit.settings import Settings
from tests.unit.test_plan import ask, rows

ALONE, ON_STACK = (), ("toy/plain",)


def asked(planned: Sequence[Row], *, quick: bool) -> list[tuple[str, tuple[str, ...]]]:
    """(workload, recipes below) of each proof of a recipe whose claim was made on another."""
    found: list[Examination] = []

    def examine(wanted: Iterable[Examination]) -> None:
        found.extend(wanted)

    session: Any = SimpleNamespace(outcome=Outcome(), prover=SimpleNamespace(examine=examine))
    prove(session, replace(ask("claimed"), quick=quick), planned, Settings())
    (examination,) = found
    return [(proof.workload, proof.on) for proof in cast("list[Prove]", examination.proofs)]


def whole(plan_rows: Sequence[Row]) -> list[Row]:
    return [row for row in plan_rows if row.cell.kind == "macro"]


def test_a_recipe_is_proven_alone_on_every_workload_and_on_its_claims_stack_where_it_is_measured() -> None:
    assert asked(whole(rows(ask("claimed"))), quick=False) == [("walk", ON_STACK), ("run", ALONE), ("walk", ALONE)]


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
