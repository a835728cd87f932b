"""What docs/security.md says is never done, read from every file of perfkit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = [
    path
    for path in sorted((REPOSITORY / "perfkit").rglob("*.py"))
    if not {"recipes", "sample_targets"} & set(path.relative_to(REPOSITORY / "perfkit").parts)
]

BUILT_IN = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
MODULES = set(
    "pickle marshal shelve dill cloudpickle joblib copyreg dbm "  # data that runs as it is read
    "socket ssl http urllib ftplib smtplib requests httpx aiohttp webbrowser".split()  # the network
)
CALLS = {
    "os": {"system", "popen", "startfile", "execv", "execve", "execvp", "execl", "spawnv", "spawnl", "posix_spawn"},
    "subprocess": {"getoutput", "getstatusoutput"},
    "pty": {"spawn"},
    "numpy": {"load"},
    "np": {"load"},
    "torch": {"load", "hub"},
    "yaml": {"load"},
}
# what a user names: recipes and targets, and functions
IMPORT_BY_NAME = ["perfkit/catalog/catalog.py", "perfkit/sources/callables.py"]


def forbidden(source: str) -> Iterator[str]:
    """What stands in a file and must not: its line and what it is."""
    for node in ast.walk(ast.parse(source)):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [a.name for a in node.names if a.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom):
            module = (node.module or "").partition(".")[0]
            names = {a.name for a in node.names} & CALLS.get(module, set())
            found = [f"{module}.{name}" for name in names] + [module] * (module in MODULES and not node.level)
        elif isinstance(node, ast.Name) and node.id in BUILT_IN:
            found = [node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = [f"{node.value.id}.{node.attr}"] * (node.attr in CALLS.get(node.value.id, set()))
        elif isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle"):
            found = [node.arg] * (not isinstance(node.value, ast.Constant) or node.value.value is not False)
        yield from (f"{node.lineno}: {what}" for what in found)  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_perfkit_evaluates_unpickles_and_connects_to_nothing(path: Path) -> None:
    assert list(forbidden(path.read_text(encoding="utf-8"))) == []


def test_only_sources_import_by_name() -> None:
    users = [p for p in FILES if "import_module" in p.read_text(encoding="utf-8")]

    assert [str(p.relative_to(REPOSITORY)) for p in users if p.parent.name != "tree"] == IMPORT_BY_NAME
    for path in users:
        if path.parent.name == "tree":  # libraries that the program has, by names that stand there
            calls = re.findall(r"import_module\((.*?)\)", path.read_text(encoding="utf-8"))
            assert all(call.startswith('"') or call == "_LATER.pop(library" for call in calls), path


def test_every_file_is_read() -> None:
    assert len(FILES) > 50
    assert REPOSITORY / "perfkit/session/process.py" in FILES


@pytest.mark.parametrize(
    "source",
    [
        "eval(x)",
        "f = exec",
        "import pickle",
        "import urllib.request as u",
        "from pickle import loads",
        "from os import system as s",
        "os.system(x)",
        "subprocess.run(x, shell=True)",
        "subprocess.run(x, shell=wanted)",
        "np.load(x)",
        "g(x, allow_pickle=True)",
        "def f():\n    import socket",
    ],
)
def test_the_scan_sees_what_it_looks_for(source: str) -> None:
    assert list(forbidden(source))
    assert not list(forbidden("import os, subprocess\nsubprocess.run(x, shell=False)\nos.replace(a, b)\nre.compile(x)"))


def test_the_documentation_names_what_the_scan_forbids(repository: Path) -> None:
    text = (repository / "docs" / "security.md").read_text(encoding="utf-8")

    for word in ("`eval`", "`exec`", "`compile`", "`pickle`", "`marshal`", "`shelve`", "`os.system`", "`shell=True`"):
        assert word in text
