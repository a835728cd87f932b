"""What a row measures: its words, and how it stands in a saved run."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any, get_args

import pytest

from perfkit.cell import Cell, CellState
from perfkit.report.document import document_from_json, to_json
from perfkit.result import Document, Result
from tests.integration.conftest import row

PLAIN = Cell(target="toy", workload="run", size="small", kind="macro")
SEAM = replace(PLAIN, kind="micro", seam="table", state="cold", on=("toy/plan-first", "toy/cube"))


@pytest.mark.parametrize(
    ("cell", "title", "point", "words"),
    [
        (PLAIN, "macro run", "small", "macro / run / small / bare"),
        (SEAM, "micro table (cold)", "small", "micro / run / small / table / cold / on plan-first+cube"),
        (
            replace(PLAIN, layout="processes", threads=2),
            "macro run",
            "small[threads=2]",
            "macro / run / small / bare / processes / 2 threads",
        ),
        (
            replace(PLAIN, axes=(("rows", 64),)),
            "macro run",
            "small[rows=64]",
            "macro / run / small[rows=64] / bare",
        ),
    ],
    ids=["plain", "seam", "threads", "axis"],
)
def test_a_cell_in_words(cell: Cell, title: str, point: str, words: str) -> None:
    assert (cell.title, cell.full_size, " / ".join(cell.words)) == (title, point, words)


@pytest.mark.parametrize("state", [None, *get_args(CellState)])
def test_a_cell_is_cold_or_not(state: CellState | None) -> None:
    assert replace(PLAIN, state=state).is_cold == (state in ("cold", "cold L2"))


@pytest.mark.parametrize("changed", [{}, {"threads": 4}, {"axes": (("rows", 64),)}], ids=["plain", "threads", "axis"])
def test_a_saved_result_says_of_its_cell_what_it_always_said(changed: dict[str, Any]) -> None:
    result = row("idea", "faster", (2.0, 1.9, 2.1), **changed)
    saved = json.loads(to_json(result))

    assert list(saved)[:12] == [
        "id", "group", "role", "target", "recipes", "on", "workload", "size", "kind", "seam", "state", "layout",
    ]  # fmt: skip
    assert saved["size"] == result.cell.full_size
    assert not {"cell", "axes", "threads"} & set(saved)
    assert len(saved) == len(fields(Result)) - 1 + 8 + 1  # the cell by its parts, and the interval that decides
    run = Document(perfkit="0", command="c", seed=1, status="complete", environment={}, results=(result,), samples=())
    assert document_from_json(json.loads(to_json(run)), "run.json") == run
