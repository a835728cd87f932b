"""What docs/security.md says is never done. ruff looks for it (pyproject.toml); here is what ruff does not see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = [
    path
    for path in sorted((REPOSITORY / "perfkit").rglob("*.py"))
    if not {"recipes", "sample_targets"} & set(path.relative_to(REPOSITORY / "perfkit").parts)
]

BUILT_IN = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}  # called later, or not known to ruff
# the source of the program that a user names is compiled and executed here, once each, in an interpreter of its own
EXECUTES = "perfkit/sources/program.py"
# what a user names: recipes and targets, and functions
IMPORT_BY_NAME = ["perfkit/catalog/import_files.py", "perfkit/sources/importing.py"]


def forbidden(source: str) -> Iterator[str]:
    """What stands in a file and must not: its line and what it is."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in BUILT_IN:
            yield f"{node.lineno}: {node.id}"
        elif isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle") and not _is_false(node.value):
            yield f"{node.lineno}: {node.arg}"


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_no_name_of_a_built_in_that_runs_text_and_no_keyword_that_opens_a_shell(path: Path) -> None:
    found = [what.partition(": ")[2] for what in forbidden(path.read_text(encoding="utf-8"))]

    assert found == (["exec", "compile"] if str(path.relative_to(REPOSITORY)) == EXECUTES else [])


def test_one_file_executes_the_source_of_a_program_and_says_so_to_ruff() -> None:
    users = {str(p.relative_to(REPOSITORY)): text for p in FILES if "noqa: S102" in (text := p.read_text("utf-8"))}

    assert list(users) == [EXECUTES]
    assert [line.split()[0] for line in users[EXECUTES].splitlines() if "noqa: S102" in line] == ["exec(code,"]
    assert EXECUTES in (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "source",
    ["eval(x)", "f = exec", "compile(x)", "breakpoint()", "g(x, shell=True)", "g(x, shell=a)", "g(allow_pickle=True)"],
)
def test_the_scan_sees_what_it_looks_for(source: str) -> None:
    assert list(forbidden(source))
    assert not list(forbidden("import os, subprocess\nsubprocess.run(x, shell=False)\nos.replace(a, b)\nre.compile(x)"))


BANNED = """\
import pickle
import urllib.request as u
from pickle import loads
from os import system as s
os.system(x)
f = os.popen
os.execv(x, y)
os.posix_spawn(x)
import pty
exec(x)
eval(x)
subprocess.run(x, shell=True)
subprocess.getoutput(x)
np.load(x)
torch.load(x)
torch.hub.load(x)
yaml.load(x)
importlib.import_module(x)
def f(): import socket
"""


def test_ruff_sees_every_banned_thing() -> None:
    head = "import importlib, os, subprocess, numpy as np, torch, yaml\n"
    options = ["--no-cache", "--quiet", "--output-format=concise", "--stdin-filename=perfkit/session/planted.py"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *options, "-"],
        input=head + BANNED,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )

    caught = {int(line) for line in re.findall(r"planted\.py:(\d+):\d+: (?:S\d+|TID251) ", done.stdout)}
    assert {line: what for line, what in enumerate(BANNED.splitlines(), 2) if line not in caught} == {}, done.stderr


def test_only_the_catalogue_imports_by_name() -> None:
    users = [p for p in FILES if "noqa: TID251" in p.read_text(encoding="utf-8")]

    assert [str(p.relative_to(REPOSITORY)) for p in users if p.parent.name != "tree"] == IMPORT_BY_NAME
    for path in users:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "noqa: TID251" in line]
        assert all("importlib.import_module(" in line for line in lines), path
        if path.parent.name == "tree":  # libraries that the program has, by names that stand there
            assert all(re.search(r'import_module\(("|_LATER\.pop\()', line) for line in lines), path


def test_every_file_is_read() -> None:
    assert len(FILES) > 50
    assert REPOSITORY / "perfkit/session/worker_process.py" in FILES


def test_the_documentation_names_what_is_forbidden(repository: Path) -> None:
    text = (repository / "docs" / "security.md").read_text(encoding="utf-8")

    for word in ("`eval`", "`exec`", "`compile`", "`pickle`", "`marshal`", "`shelve`", "`os.system`", "`shell=True`"):
        assert word in text
