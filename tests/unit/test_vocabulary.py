"""The words of verdicts, reasons and cells: what mypy does not check, in a tuple or beside a signal's name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import perfkit
from perfkit.cell import CellKind, CellState, Layout
from perfkit.reasons import Reason, signal_name
from perfkit.result import VERDICTS

WORDS: dict[str, Iterable[str]] = {
    "verdict": VERDICTS,
    "reason": [word for kind in get_args(Reason) for word in get_args(kind)],
    "cell.kind": get_args(CellKind),
    "cell.state": get_args(CellState),
    "cell.layout": get_args(Layout),
}


def compared(source: str) -> Iterator[tuple[str, str]]:
    """Everything of WORDS that is compared with a word, and the word."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            left = ast.unparse(node.left)
            name = next((name for name in WORDS if f".{left}".endswith(f".{name}")), "")
            inside = (part for side in node.comparators for part in ast.walk(side) if isinstance(part, ast.Constant))
            yield from ((name, part.value) for part in inside if name and isinstance(part.value, str))


def test_what_a_word_is_compared_with_is_one_of_its_kind() -> None:
    sources = sorted(Path(perfkit.__file__).parent.rglob("*.py"))
    found = {(name, word) for path in sources for name, word in compared(path.read_text(encoding="utf-8"))}

    assert {("verdict", "not-exercised"), ("reason", "timeout"), ("cell.state", "warm")} <= found
    assert {(name, word) for name, word in found if word not in WORDS[name]} == set()


def test_a_wrong_word_would_be_found() -> None:
    source = "verdict in ('faster', 'slow') or failed.reason != 'timout' or r.cell.state in (None, 'wram')"
    assert set(compared(source)) == {
        ("verdict", "faster"), ("verdict", "slow"), ("reason", "timout"), ("cell.state", "wram"),
    }  # fmt: skip


def test_a_signal_without_a_name_has_its_number() -> None:
    assert (signal_name(11), signal_name(40)) == ("SIGSEGV", "signal 40")
