"""What is installed, and where, without importing it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from perfkit.catalog.installed import is_installed, package_folder, remedy


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that cannot be imported, with a folder, a module and a compiled one in it."""
    folder = tmp_path / "uninviting"
    (folder / "inner" / "deep").mkdir(parents=True)
    for name in ("__init__.py", "plain.py", "inner/__init__.py"):
        (folder / name).write_text("raise SystemExit('imported')\n", encoding="utf-8")
    (folder / "compiled.abi3.so").write_bytes(b"")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("uninviting", True),
        ("uninviting.plain", True),
        ("uninviting.compiled", True),
        ("uninviting.inner.deep", True),
        ("uninviting.inner.other", False),
        ("uninviting.plain.other", False),
        ("uninvited", False),
        ("uninvited.plain", False),
        ("json", True),
        ("json.decoder", True),
        ("os.path", True),
        ("sys", True),
        ("sys.nothing", False),
    ],
)
def test_a_module_is_found_without_being_imported(package: Path, name: str, there: bool) -> None:
    assert is_installed(name) is there
    assert "uninviting" not in sys.modules


def test_a_module_in_memory_without_a_spec_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "made_up", type(sys)("made_up"))

    assert is_installed("made_up")
    assert package_folder("made_up") is None


def test_a_module_that_may_not_be_imported_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numbb", None)

    assert not is_installed("numbb")


def test_a_module_that_somebodys_finder_forbids_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class Forbidding:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "numbb":
                raise ModuleNotFoundError("not here", name=name)

    monkeypatch.setattr(sys, "meta_path", [Forbidding(), *sys.meta_path])

    assert not is_installed("numbb")
    assert is_installed("json")


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("uninviting", ""),
        ("uninviting.inner.deep", "inner/deep"),
        ("uninviting.plain", None),
        ("uninvited.inner", None),
    ],
)
def test_the_folder_of_a_package_is_found(package: Path, name: str, folder: str | None) -> None:
    assert package_folder(name) == (None if folder is None else package / folder)


@pytest.mark.parametrize(
    ("needs", "says"),
    [
        ({}, ""),
        ({"json": "never"}, ""),
        ({"numbb": "perfkit[jit]"}, "pip install 'perfkit[jit]' (numbb is not installed)"),
        ({"numbb": "a[x]", "json": "b", "trtn": "a[x]"}, "pip install 'a[x]' (numbb and trtn are not installed)"),
        ({"numbb": "numbb>=1,<2"}, "pip install 'numbb>=1,<2' (numbb is not installed)"),
        ({"numbb": "one", "trtn": "two"}, "pip install one two (numbb and trtn are not installed)"),
    ],
)
def test_the_remedy_names_what_to_install_and_what_is_missing(needs: dict[str, str], says: str) -> None:
    assert remedy(needs) == says
