"""Words that were replaced in what people read do not come back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
# what messages, help and pages said once, and the field's word for it
BANNED = {
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\bleft out\b": "skipped",
    r"\bleave (it|them|--\w+) out\b": "drop",
    r"\bstands? together\b": "are compatible",
    r"\bon nothing else\b": "alone",
    r"\bstands? on (top|the|a|other|different|it)\b": "applied on top of",
    r"\b(hold|holds|held) (it|them|against)\b.{0,12}\bagainst\b|\bheld against\b": "compare with",
    r"\bcould have seen\b": "smallest detectable effect",
    r"\bended it\b|\ball it was to do\b": "stopped by, finished",
    r"\bidentical code differs\b": "noise floor",
    r"\blies? otherwise\b|\blying otherwise\b": "another memory layout",
    r"\btook .{0,20}processors? away\b|processors away\b": "CPU steal",
    r"\bfall into two groups\b": "bimodal",
    r"\b(adds?|adding) up to the (timed|wall)|: adds up\b|does not add up": "consistent with",
    r"\bswitching it on takes\b": "set-up cost",
    r"\bpays (from|up to|everywhere)\b": "worth it from",
    r"\bgrows (before|after) as\b": "scales as",
    r"\bgoes on working\b": "keeps running",
    r"(?<!there )\bis no (text|number|file|function|recipe|module|list|key)\b": "is not a …",
    r"\bsays no format\b|\bno list is called\b": "unknown …",
    r"\bto be had\b": "available",
    r"\bcomparer of your own\b": "your own comparer",
    r"\*smaller\*|\*Smaller\*": "smaller than claimed",
    r"\btorn(?= that way are left)": "skipped",
}
SOURCES = (
    "catalog", "cli", "comparison", "machine", "profilers", "profiling", "protocol", "report", "session", "sources",
    "stats", "tree", "worker", ".",
)  # fmt: skip
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]


def said(path: Path) -> Iterator[tuple[int, str]]:
    """What a Python file can print: its string literals, without docstrings; `…` for what is filled in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            parts = (str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
            yield node.lineno, "".join(parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def helped(path: Path) -> Iterator[tuple[int, str]]:
    """The docstrings of a command's file: the help is made of them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and (doc := ast.get_docstring(node)) and not node.name.startswith("_"):
            yield node.lineno, doc


def banned(text: str) -> Iterator[str]:
    for words, better in BANNED.items():
        if found := re.search(words, text):
            yield f"{found[0]!r}: {better}"


@pytest.mark.parametrize("folder", SOURCES)
def test_no_message_says_it(folder: str) -> None:
    place = REPOSITORY / "perfkit" / folder
    files = sorted(place.glob("*.py") if folder == "." else place.rglob("*.py"))
    texts = [(path, line, text) for path in files for line, text in [*said(path), *_help_of(path)]]

    assert len(texts) > 20
    assert [f"{path.name}:{line}: {why}" for path, line, text in texts for why in banned(text)] == []


def _help_of(path: Path) -> list[tuple[int, str]]:
    return list(helped(path)) if path.parent.name == "cli" else []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_says_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    flat = re.sub(r"\s+", " ", re.sub(r'"[^"\n]*"', "…", text))  # notes are cited in their own words

    assert list(banned(flat)) == []


@pytest.mark.parametrize(
    "text", ["perfkit: left out: …", "identical code differs by up to … here", "pays from rows = 256 on", "is no text"]
)
def test_what_was_replaced_is_found(text: str) -> None:
    assert list(banned(text))
