"""The side-by-side benchmark: what it refuses, what it saves, and what it shows of an unfinished run."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def versus(repository: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "benchmarks"))
        yield importlib.import_module("versus")


def half_done(versus: Any) -> dict[str, Any]:
    """One seed trained, another stopped in its first epoch."""
    done = versus.Trained([4.0, 2.0], [3.0, 2.5], 1.9, 5.0, 4.5, [0.1, 0.3, 0.2])
    one = versus.Measured("spectral", False, 12, {0: done, 1: versus.Trained()}, {"documented": 50.0})
    one.sweep_ms = {"documented": {64: 1.0, 128: 4.0}}
    return {"spectral": one, "traditional": versus.Measured("traditional", True, 13)}


def test_what_is_saved_is_shown_again(versus: Any, tmp_path: Path, capsys: Any) -> None:
    before = half_done(versus)
    file = tmp_path / "run.json"
    file.write_text(json.dumps({n: m.as_json() for n, m in before.items()}))

    versus.show(versus.load(file))
    shown = capsys.readouterr().out

    assert versus.load(file) == before
    assert "| held-out loss, nats a byte | 2.500 | - |" in shown
    assert "NO: sees the bytes it predicts" in shown
    assert "A spectral loss is of a model that sees the bytes" in shown
    assert "| 20 epochs, s (at the median step) | 192 | - |" in shown
    assert "2.00" in shown  # the exponent: twice as long takes four times as long


def test_a_saved_file_that_is_cut_short_is_one_line(versus: Any, tmp_path: Path) -> None:
    whole = json.dumps({n: m.as_json() for n, m in half_done(versus).items()})
    file = tmp_path / "run.json"
    for text in ("", whole[: len(whole) // 2], "[]", '{"spectral": {"name": 1}}'):
        file.write_text(text)
        with pytest.raises(SystemExit, match="is cut short, or is not what --save writes"):
            versus.load(file)


@pytest.mark.parametrize("size", [0, 1, 200, 257])
def test_too_little_text_is_one_line(versus: Any, tmp_path: Path, size: int) -> None:
    file = tmp_path / "text"
    file.write_bytes(b"x" * size)

    with pytest.raises(SystemExit, match=f"has {size} bytes; half must hold a window of 128"):
        versus.halves(str(file))


def test_a_file_that_is_not_there_is_one_line(versus: Any, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"cannot read .*: No such file"):
        versus.halves(str(tmp_path / "none"))


def test_bytes_need_not_be_text(versus: Any, tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_bytes(bytes(range(256)) + b"\xff" * 4)

    assert [len(half) for half in versus.halves(str(file))] == [130, 130]


def test_parts_of_several_runs_are_one_table(versus: Any) -> None:
    first, second = half_done(versus), half_done(versus)
    second["spectral"].batch_ms = {"fastest": 20.0}

    assert versus.merged([first, second])["spectral"].batch_ms == {"documented": 50.0, "fastest": 20.0}


def test_the_picture_says_which_curve_sees_the_future(versus: Any) -> None:
    picture = versus.picture(half_done(versus))

    assert picture.startswith("<svg ")
    assert "spectral, held out (sees the future)" in picture
    assert picture.count("<polyline") == 2
