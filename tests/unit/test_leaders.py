"""The leader board: who stands where while many recipes are compared, in so many lines."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from perfkit import api
from perfkit.comparison import reporter
from perfkit.report.leaders import leaders
from perfkit.result import Result
from perfkit.settings import Settings, Watcher
from tests.conftest import take_workers_in
from tests.integration.conftest import PASSED, row

UNPROVEN = replace(PASSED, passed=False)
ROWS = [
    row("slow", "slower", (0.90, 0.88, 0.92)),
    row("waits", "unavailable", proof=UNPROVEN),
    row("wrong", "rejected", proof=UNPROVEN),
    row("fast", "undecided", (1.31, 0.98, 1.62), processes=2),
    row("fast", "faster", (1.10, 1.05, 1.15), workload="walk"),
    row("fast", "faster", (8000.0, 7000.0, 9000.0), kind="micro", seam="mix"),
    row("right", "unavailable"),
]


def drawn(rows: list[Result], room: int, width: int = 80) -> list[str]:
    board = leaders(rows, room)
    if board is None:
        return []
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as captured:
        console.print(board)
    return [line.rstrip() for line in captured.get().splitlines()]


def test_the_fastest_of_the_workload_stands_first_and_then_what_is_proven_and_what_is_wrong() -> None:
    _, *lines = drawn(ROWS, 9)

    assert [line.split()[0] for line in lines] == ["fast", "slow", "right", "wrong", "1"]
    assert "1.310x" in lines[0]  # of its workloads the better one, and never the seam alone
    assert "2 processes" in lines[0]
    assert "proven" in lines[2]
    assert "REJECTED" in lines[3]
    assert lines[4] == "1 more"


def test_a_stack_has_a_line_of_its_own() -> None:
    both = row("slow", "faster", (1.5, 1.4, 1.6), kind="stack", recipes=("model/slow", "model/fast"))
    _, first, *others = drawn([*ROWS, both], 9)

    assert first.split()[:2] == ["2", "together"]
    assert len(others) == 5


def test_no_more_lines_than_there_is_room_for_and_no_board_of_nothing() -> None:
    assert [line.split()[0] for line in drawn(ROWS, 1)[1:]] == ["fast", "4"]
    assert drawn([ROWS[1]], 9) == []
    assert all(len(line) <= 40 for line in drawn(ROWS, 9, width=40))


def test_who_looks_sees_the_rows_of_workloads_while_it_runs(planted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_workers_in(monkeypatch)
    monkeypatch.setattr(reporter, "_SHOW_EVERY_S", 0.0)
    seen = list[dict[tuple[str, ...], Result]]()
    api.compare(
        api.catalog([planted]),
        recipes=("plain-cube", "zeros"),
        settings=Settings(processes=5, budget_s=0.3, seed=7, catalogs=(planted,)),
        watcher=Watcher(so_far=lambda rows: seen.append({r.recipes: r for r in rows})),
    )

    assert {r.cell.kind for rows in seen for r in rows.values()} == {"macro"}
    assert seen[-1]["toy/zeros",].verdict == "rejected"
    cube = [rows["toy/plain-cube",] for rows in seen if rows]
    assert any(r.proof.passed and r.speedup is None for r in cube)  # proven, and not measured yet
    assert any(r.speedup is not None and r.processes < 5 for r in cube)
