"""Caches of libraries lie below perfkit's own, unless the user has said otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from perfkit.machine.caches import cache_folder, library_caches
from perfkit.machine.environment import worker_environment
from perfkit.sample_targets.compressor import weights

NAMES = {"TORCHINDUCTOR_CACHE_DIR", "TORCH_EXTENSIONS_DIR", "TRITON_CACHE_DIR", "NUMBA_CACHE_DIR"}


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in (*NAMES, "PERFKIT_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("variables", "folder"),
    [({}, ".cache/perfkit"), ({"XDG_CACHE_HOME": "x"}, "x/perfkit"), ({"PERFKIT_CACHE": "own"}, "own")],
)
def test_the_folder_is_the_one_that_trained_weights_lie_in(
    unset: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: str
) -> None:
    for name, below in variables.items():
        monkeypatch.setenv(name, str(unset / below))

    assert cache_folder() == weights.cache_folder() == unset / folder
    environment = worker_environment(1)
    assert {Path(environment[name]).parent for name in NAMES} == {unset / folder}
    assert list(unset.iterdir()) == []  # nothing is made before it is needed


def test_what_the_user_has_set_stays(unset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "mine")

    assert worker_environment(1)["NUMBA_CACHE_DIR"] == "mine"
    assert set(library_caches()) == NAMES - {"NUMBA_CACHE_DIR"}


def test_a_place_that_cannot_be_written_is_given_to_nobody(unset: Path) -> None:
    (unset / "file").write_text("", encoding="utf-8")

    assert library_caches({"PERFKIT_CACHE": str(unset / "file" / "below")}) == {}
    assert library_caches({"PERFKIT_CACHE": os.devnull}) == {}


def test_every_variable_and_the_folder_are_documented(repository: Path) -> None:
    text = (repository / "docs" / "security.md").read_text(encoding="utf-8")

    assert [name for name in (*NAMES, "$PERFKIT_CACHE", "~/.cache/perfkit") if name not in text] == []


def test_a_program_is_told_of_its_own_pools_only_where_the_user_has_set_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFKIT_THREADS", "7")  # a run within a run

    assert "PERFKIT_THREADS" not in worker_environment(1)
    assert worker_environment(4, 3)["PERFKIT_THREADS"] == "3"
