"""The words of verdicts and reasons: what mypy does not hold comparisons to, in a tuple or beside a signal's name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

import perfkit
from perfkit.reasons import Reason, signal_name
from perfkit.result import VERDICTS

WORDS: dict[str, Iterable[str]] = {
    "verdict": VERDICTS,
    "reason": [word for kind in get_args(Reason) for word in get_args(kind)],
}


def compared(source: str) -> Iterator[tuple[str, str]]:
    """Every verdict or reason that is compared with a word, and the word."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            name = getattr(node.left, "attr", getattr(node.left, "id", ""))
            inside = (part for side in node.comparators for part in ast.walk(side) if isinstance(part, ast.Constant))
            yield from ((name, part.value) for part in inside if name in WORDS and isinstance(part.value, str))


def test_what_a_verdict_or_a_reason_is_compared_with_is_one_of_them() -> None:
    sources = sorted(Path(perfkit.__file__).parent.rglob("*.py"))
    found = {(name, word) for path in sources for name, word in compared(path.read_text(encoding="utf-8"))}

    assert {("verdict", "not-exercised"), ("reason", "timeout")} <= found
    assert {(name, word) for name, word in found if word not in WORDS[name]} == set()


def test_a_wrong_word_would_be_found() -> None:
    assert set(compared("r.verdict in ('faster', 'slow') or failed.reason != 'timout'")) == {
        ("verdict", "faster"), ("verdict", "slow"), ("reason", "timout"),
    }  # fmt: skip


def test_a_signal_without_a_name_has_its_number() -> None:
    assert (signal_name(11), signal_name(40)) == ("SIGSEGV", "signal 40")
