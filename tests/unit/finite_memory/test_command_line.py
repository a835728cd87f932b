"""A short conversation on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfkit.sample_targets.finite_memory.__main__ import main


def test_it_talks_and_goes_on_where_it_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "talk.json"

    assert main(["2", str(path)]) == 0
    first = capsys.readouterr().out.splitlines()
    assert main(["1", str(path)]) == 0
    third = capsys.readouterr().out.splitlines()

    assert [line.split()[0] for line in first if line] == ["you", "model", "sliding:", "you", "model", "importance:"]
    assert third[2].split()[0] == "semantic:"
    assert third[0] not in first


@pytest.mark.parametrize("words", [["0"], ["x"], ["-1"], ["1", "a", "b"]])
def test_other_words_are_answered_by_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("usage: python -m perfkit.sample_targets.finite_memory")


def test_a_damaged_checkpoint_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "talk.json").write_text("{")

    assert main(["1", str(tmp_path / "talk.json")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["1", str(tmp_path / "none" / "talk.json")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
