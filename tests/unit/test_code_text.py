"""Source files as text: first lines, lines, and what they call; held against the code objects themselves."""

from __future__ import annotations

import json.decoder
import types
from pathlib import Path

import pytest

from perfkit.profilers.analysis.code_text import CodeText

SOURCE = '''"""Doc."""
import functools
import time


def plain(n):
    total = 0
    for i in range(n):
        total += i
    return total


@functools.lru_cache(maxsize=None)
@functools.wraps(plain)
def decorated(n):
    return plain(
        n
    )


class Holder:
    limit = 3

    async def method(self, item):
        def inner():
            return [
                x
                for x in item
            ]
        return inner()

    def plain(self):
        time.sleep(0); self.method(1)
        return lambda: self.later(
            2
        )
'''


def codes(code: types.CodeType) -> list[types.CodeType]:
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return [code, *(below for one in inner for below in codes(one))]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("source") / "source.py"
    path.write_text(SOURCE, encoding="utf-8")
    return str(path)


def test_every_line_leads_to_the_first_line_of_its_function(file: str) -> None:
    text = CodeText()
    for code in codes(compile(SOURCE, file, "exec")):
        for _, _, line in code.co_lines():
            if line:
                assert text.first_line(code.co_qualname, file, line) == code.co_firstlineno, (code.co_qualname, line)


def test_so_it_does_in_a_file_of_the_library() -> None:
    path = Path(str(json.decoder.__file__))
    text = CodeText()
    for code in codes(compile(path.read_text(encoding="utf-8"), str(path), "exec")):
        lines = [line for _, _, line in code.co_lines() if line]
        if code.co_name.isidentifier() or code.co_name == "<module>":
            assert {text.first_line(code.co_qualname, str(path), n) for n in lines} == {code.co_firstlineno}


def test_what_is_frozen_is_found_in_the_librarys_folder() -> None:
    text = CodeText()
    line = text.first_line("_find_and_load", "<frozen importlib._bootstrap>", 1176)

    assert text.line("<frozen importlib._bootstrap>", line).startswith("def _find_and_load(")


@pytest.mark.parametrize("name", ["<string>", "/no/such/file.py", "~", "", "<frozen nothing>"])
def test_without_a_source_there_is_nothing_to_tell(name: str) -> None:
    text = CodeText()

    assert (text.first_line("f", name, 3), text.line(name, 3), text.call_at(name, 3)) == (0, "", "")


def test_what_a_line_calls(file: str) -> None:
    text = CodeText()
    lines = SOURCE.splitlines()
    at = lines.index("        time.sleep(0); self.method(1)") + 1

    assert text.call_at(file, at) == "time.sleep"
    assert text.call_at(file, at, "method") == "self.method"
    assert text.call_at(file, at, "run") == ""
    assert text.call_at(file, at + 2, "later") == "self.later"  # in the middle of a call
    assert text.line(file, at) == lines[at - 1].strip()
