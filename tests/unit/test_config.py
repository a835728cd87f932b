"""`[tool.perfkit]`: what names a catalogue, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.cli.config import configured_catalogs
from perfkit.errors import UnknownName, UsageError

FILE = Path("/project/pyproject.toml")


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("", []),
        ("[tool.other]\ncatalog = 3", []),
        ("[tool.perfkit]", []),
        ("[tool.perfkit]\ncatalog = []", []),
        ("[tool.perfkit]\ncatalog = 'perf'", ["/project/perf"]),
        ("[tool.perfkit]\ncatalog = '.'", ["/project"]),
        ("[tool.perfkit]\ncatalog = ['perf', '../shared', '/far']", ["/project/perf", "/shared", "/far"]),
        ("[tool.perfkit]\ncatalog = ['perf', './perf']", ["/project/perf"]),
    ],
)
def test_folders_are_relative_to_the_file(text: str, folders: list[str]) -> None:
    assert configured_catalogs(text.encode(), FILE) == tuple(map(Path, folders))


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        (b"[tool.perfkit]\ncatalog = 3", "catalog is 3, which names no folder", "or a list of folders"),
        (b"[tool.perfkit]\ncatalog = ''", "catalog is '', which names no folder", "or a list of folders"),
        (b"[tool.perfkit]\ncatalog = ['a', 3]", r"catalog is \['a', 3\]", "or a list of folders"),
        (b"[tool.perfkit]\ncatalog = {a = 1}", "catalog is {'a': 1}", "or a list of folders"),
        (b"[tool]\nperfkit = 'perf'", "perfkit is 'perf' and should be a table", r"\[tool.perfkit\]"),
        (b"tool = 1", "tool is 1 and should be a table", r"\[tool.perfkit\]"),
        (b"[tool.perfkit\n", "cannot be read as TOML: ", "fix the file"),
        (b"\xff", "cannot be read as TOML: ", "fix the file"),
        (b"a = " + b"[" * 9999, "cannot be read as TOML: ", "fix the file"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_file(text: bytes, says: str, hint: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        configured_catalogs(text, FILE)
    assert str(FILE) in caught.value.message
    assert "\n" not in caught.value.message
    assert hint.replace("\\", "") in caught.value.hint


def test_a_setting_that_does_not_exist_is_not_passed_over() -> None:
    with pytest.raises(UnknownName, match=r"no setting .* 'catalogs'") as caught:
        configured_catalogs(b"[tool.perfkit]\ncatalogs = 'perf'", FILE)
    assert caught.value.hint == "did you mean catalog?"
