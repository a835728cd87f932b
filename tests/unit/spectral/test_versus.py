"""The side-by-side benchmark: what it refuses, what it saves, and what it shows of an unfinished run."""

from __future__ import annotations

import argparse
import contextlib
import copy
import dataclasses
import importlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def versus(repository: Path) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "benchmarks"))
        yield importlib.import_module("versus")


def half_done() -> Any:
    """One seed trained, another stopped in its first epoch."""
    results = importlib.import_module("support.byteresults")
    done = results.Trained([4.0, 2.0], [3.0, 2.5], 1.9, 5.0, 4.5, [4.8, 14.4])
    one = results.Measured("spectral", False, 12, {0: done, 1: results.Trained()}, {"documented": 50.0})
    one.sweep_ms = {"documented": {64: 1.0, 128: 4.0}}
    return results.Results({"spectral": one, "traditional": results.Measured("traditional", True, 13)})


def test_what_is_saved_is_shown_again(versus: Any, tmp_path: Path, capsys: Any) -> None:
    before = half_done()
    file = tmp_path / "run.json"
    before.save(file)

    versus.show(versus.load(file))
    shown = capsys.readouterr().out

    assert versus.load(file) == before
    assert "| held-out loss, nats a byte | 2.500 | - |" in shown
    assert "NO: sees the bytes it predicts" in shown
    assert "A spectral loss is of a model that sees the bytes" in shown
    assert "| 20 epochs, s | 192 | - |" in shown
    assert "2.00" in shown  # the exponent: twice as long takes four times as long


def test_a_saved_file_that_is_cut_short_is_one_line(versus: Any, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    half_done().save(file)
    whole = file.read_text()
    for text in ("", whole[: len(whole) // 2], "[]", '{"models": {"spectral": {"name": 1}}}'):
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
    first, second = half_done(), half_done()
    second.models["spectral"].batch_ms = {"fastest": 20.0}
    second.moves = {"a byte": 0.5}

    both = versus.merged([first, second])

    assert both.models["spectral"].batch_ms == {"documented": 50.0, "fastest": 20.0}
    assert both.moves == {"a byte": 0.5}


def test_the_picture_says_which_curve_sees_the_future(versus: Any) -> None:
    picture = versus.picture(half_done().models)

    assert picture.startswith("<svg ")
    assert "spectral, held out (sees the future)" in picture
    assert picture.count("<polyline") == 2


class CutOff(Exception):
    """What ends a run in the middle."""


@dataclass(frozen=True)
class Training:
    """Two small models, trained for three epochs of two steps from two seeds, into a file."""

    file: Path
    versus: Any

    def run(self, *, results: Any = None, cut_after: int = 99) -> Any:
        """Train until so many epochs of models have been kept; go on from `results` where they are given."""
        training = importlib.import_module("support.bytetraining")
        models = importlib.import_module("support.bytemodels").MODELS[:2]
        models = [dataclasses.replace(m, config=dataclasses.replace(m.config, width=8, layers=1)) for m in models]
        results = results or importlib.import_module("support.byteresults").Results()
        for m in models:
            results.models.setdefault(m.name, self.versus.Measured(m.name, m.causal, 0))
        kept = itertools.count(1)

        def keep() -> None:
            results.save(self.file)
            if next(kept) == cut_after:
                raise CutOff

        text = bytes(range(256)) * 4, bytes(range(255, -1, -1)) * 4
        plan = training.Plan(epochs=3, seeds=range(2), batches=2, held_out=4)
        checkpoints = training.Checkpoints(self.file)
        training.train(results.models, models, text, plan, itertools.count().__next__, checkpoints, keep)
        return self.versus.load(self.file)


@pytest.fixture(scope="module")
def whole(versus: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a training that nothing cuts off comes to."""
    return Training(tmp_path_factory.mktemp("whole") / "whole.json", versus).run()


@pytest.mark.parametrize("cut_after", [1, 2, 5, 6, 7, 11])
def test_training_that_was_cut_off_goes_on_as_if_it_had_not_been(
    versus: Any, whole: Any, tmp_path: Path, cut_after: int
) -> None:
    cut = Training(tmp_path / "cut.json", versus)

    with pytest.raises(CutOff):
        cut.run(cut_after=cut_after)
    resumed = cut.run(results=versus.load(cut.file))

    assert resumed == whole
    assert [len(t.held_out_losses) for m in whole.models.values() for t in m.trained.values()] == [3, 3, 3, 3]
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".json"] == []


@dataclass
class Parts:
    """A command on next to nothing, whose parts only say that they ran."""

    versus: Any
    file: Path

    def run(self, patch: pytest.MonkeyPatch, *, resume: bool, stop_at: str = "") -> list[str]:
        ran: list[str] = []

        def part(name: str) -> Any:
            def measure(*_: object) -> Any:
                ran.append(name)
                if name == stop_at:
                    raise KeyboardInterrupt
                return {}

            return measure

        chosen = argparse.Namespace(
            save=self.file, resume=resume, part="all", clock="wall", smoke=False, quick=True, epochs=1, seeds=1
        )
        for name, measured_by in (
            ("moves", "moves"),
            ("floor", "time_floors"),
            ("time", "time_batches"),
            ("train", "train"),
        ):
            patch.setattr(self.versus, measured_by, part(name))
        for name in ("peak_memory", "sweep"):
            patch.setattr(self.versus, name, lambda *_: None)
        text = b"some", b"text"
        runner = self.versus.Runner(chosen, self.versus.begun(chosen, text), text)
        with contextlib.suppress(KeyboardInterrupt):
            runner.run()
        runner.keep()
        return ran


def test_what_is_cut_off_goes_on_with_the_part_that_was_under_way(
    versus: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = Parts(versus, tmp_path / "run.json")

    assert parts.run(monkeypatch, resume=False, stop_at="time") == ["moves", "floor", "time"]
    assert parts.run(monkeypatch, resume=True) == ["time", "train"]
    assert parts.run(monkeypatch, resume=True) == ["train"]  # which finds all of it done
    # a run anew that is cut off leaves nothing of the one before that would be taken for its own
    assert parts.run(monkeypatch, resume=False, stop_at="floor") == ["moves", "floor"]
    assert parts.run(monkeypatch, resume=True) == ["floor", "time", "train"]


def test_what_is_trained_already_is_not_trained_again(versus: Any, whole: Any, tmp_path: Path) -> None:
    trained = copy.deepcopy(whole)
    trained.save(tmp_path / "run.json")

    Training(tmp_path / "run.json", versus).run(results=trained, cut_after=1)  # nothing is kept, nothing cuts it off


def test_a_file_of_another_text_is_not_gone_on_with(versus: Any, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    half_done().save(file)

    with pytest.raises(SystemExit, match="holds figures of another text"):
        versus.begun(argparse.Namespace(save=file), (b"one", b"other"))


def test_the_page_holds_the_figures_of_the_file(versus: Any, repository: Path) -> None:
    page = (repository / "docs/spectral.md").read_text(encoding="utf-8")
    results = versus.load(repository / "benchmarks/data/versus.json")
    blocks = importlib.import_module("support.bytepage").BLOCKS

    assert re.findall("<!-- versus: (.*) -->", page) == list(blocks)
    assert versus.refreshed(page, results) == page  # python benchmarks/versus.py --show … --page … writes them anew
    results.models["spectral"].batch_ms["documented"] *= 2
    assert versus.refreshed(page, results) != page


def test_a_page_of_figures_that_are_not_there_is_one_line(versus: Any) -> None:
    with pytest.raises(SystemExit, match="the page needs every part"):
        versus.refreshed("<!-- versus: floor -->\n<!-- /versus -->", half_done())
