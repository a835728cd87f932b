"""What can be read of a file without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog.parse_file import OPAQUE, Call, Source, read_source
from perfkit.errors import CatalogError


def read(folder: Path, text: str) -> Source:
    path = folder / "file.py"
    path.write_text(text, encoding="utf-8")
    return read_source(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-0.5", -0.5),
        ("1e-3", 1e-3),
        ("'a' 'b'", "ab"),
        ("None", None),
        ("(1, ('a',))", (1, ("a",))),
        ("[1, [2]]", [1, [2]]),
        ("{'a', 'b'}", {"a", "b"}),
        ("{'a': (1,)}", {"a": (1,)}),
        ("Claim('x', low=0.5, on=('a',))", Call("Claim", ("x",), {"low": 0.5, "on": ("a",)})),
        ("Recipe(claim=Claim(low=1))", Call("Recipe", (), {"claim": Call("Claim", (), {"low": 1})})),
        ("(W(id='a'), W(id='b'))", (Call("W", (), {"id": "a"}), Call("W", (), {"id": "b"}))),
        ("name", OPAQUE),
        ("a + b", OPAQUE),
        ("lambda: 1", OPAQUE),
        ("module.call()", OPAQUE),
        ("f'{1}'", OPAQUE),
        ("{'a': name}", OPAQUE),
        ("R(apply=lambda ops: ops)", Call("R", (), {"apply": OPAQUE})),
        ("(1, name)", (1, OPAQUE)),
    ],
)
def test_a_literal_is_read_and_the_rest_is_opaque(text: str, value: Any, tmp_path: Path) -> None:
    assert read(tmp_path, f"X = {text}").names == {"X": value}


def test_the_docstring_and_every_name_of_the_module_are_read(tmp_path: Path) -> None:
    source = read(tmp_path, '"""One line.\n\n    More.\n    """\nA = B = 1\nC: int = 2\nD: int\ndef f():\n    E = 3\n')

    assert source.doc == "One line.\n\nMore."
    assert source.names == {"A": 1, "B": 1, "C": 2, "D": OPAQUE}


def test_the_last_assignment_counts(tmp_path: Path) -> None:
    assert read(tmp_path, "A = 1\nA = 2\n").names == {"A": 2}


def test_a_file_without_docstring_has_an_empty_one(tmp_path: Path) -> None:
    assert read(tmp_path, "").doc == ""


def test_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    source = read(tmp_path, f"import does_not_exist\nopen({str(mark)!r}, 'w')\nA = 1\nraise SystemExit\n")

    assert source.names == {"A": 1}
    assert not mark.exists()


def test_bad_syntax_names_the_file_and_the_line(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"file\.py:2: .*never closed") as caught:
        read(tmp_path, "A = 1\nB = (\n")
    assert caught.value.hint


@pytest.mark.parametrize("damage", [b"\xff\xfe\x00", b"A = 1\x00", None], ids=["not UTF-8", "null byte", "missing"])
def test_a_file_that_cannot_be_read_is_named(damage: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(CatalogError, match=r"odd\.py"):
        read_source(path)


def test_opaque_shows_as_what_it_is() -> None:
    assert repr(OPAQUE) == "<not a literal>"
