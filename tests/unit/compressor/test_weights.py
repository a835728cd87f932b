"""Trained weights: made once, kept, and made again when what was kept is not what was made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from perfkit.sample_targets.compressor import text, weights
from perfkit.sample_targets.compressor.model import Config


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "STEPS", 2)


def file_of(folder: Path) -> Path:
    (found,) = folder.glob("compressor-*.npz")
    return found


def same(one: weights.State, two: weights.State) -> bool:
    return one.keys() == two.keys() and all(np.array_equal(one[n], two[n]) for n in one)


def test_they_are_trained_once_and_read_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = weights.trained(tmp_path)
    assert not same(first, weights.state_dict(Config(), weights.SEED))
    monkeypatch.setattr(weights, "_train", lambda: pytest.fail("trained again"))

    assert same(weights.trained(tmp_path), first)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1000])


def other_numbers(path: Path) -> None:
    with np.load(path) as file:
        held = {name: file[name] for name in file.files}
    held["head.bias"] = held["head.bias"] + 1
    np.savez(path, **held)


def other_shape(path: Path) -> None:
    with np.load(path) as file:
        held = {name: file[name] for name in file.files}
    held["head.bias"] = held["head.bias"][:-1]
    np.savez(path, **held)


def a_pickle(path: Path) -> None:
    np.savez(path, digest=np.array([object()], object), **{"head.bias": np.zeros(1)})


@pytest.mark.parametrize("spoil", [cut_short, other_numbers, other_shape, a_pickle, lambda p: p.write_bytes(b"")])
def test_a_damaged_file_is_made_again(tmp_path: Path, spoil: object) -> None:
    first = weights.trained(tmp_path)
    spoil(file_of(tmp_path))  # type: ignore[operator]

    assert same(weights.trained(tmp_path), first)
    assert weights._read(file_of(tmp_path)) is not None
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".lock", ".npz"]


def test_where_nothing_can_be_written_they_are_trained_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert same(weights.trained(tmp_path / "file" / "cache"), weights.trained(tmp_path))


def test_the_folder_is_the_users_to_choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PERFKIT_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.cache_folder() == tmp_path / "perfkit"
    monkeypatch.setenv("PERFKIT_CACHE", str(tmp_path / "own"))
    assert weights.cache_folder() == tmp_path / "own"


def test_what_is_measured_was_not_learnt() -> None:
    assert text.seen() + text.unseen() == text.text()
    assert len(text.seen()) > 200_000
