"""A conversation as a file: all of it comes back, and what is no such file is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfkit.sample_targets.finite_memory import checkpoint
from perfkit.sample_targets.finite_memory.backend import Backend
from perfkit.sample_targets.finite_memory.errors import BadCheckpoint
from perfkit.sample_targets.finite_memory.memory import FiniteMemory, Settings

SETTINGS = Settings(max_tokens=60, budget=30, reply=2, every=20)


@pytest.fixture
def memory(backend: Backend) -> FiniteMemory:
    memory = FiniteMemory(backend, settings=SETTINGS, policy="rolling")
    for message in ("One sentence. And more of it.", "Another one follows, to be summed up. " * 4):
        memory.chat(message)
    memory.policy = "importance"
    memory.chat("Important.")
    return memory


def test_all_of_it_comes_back_and_goes_on_alike(memory: FiniteMemory, backend: Backend, tmp_path: Path) -> None:
    checkpoint.save(memory, tmp_path / "talk.json")
    again = FiniteMemory(backend, settings=SETTINGS)
    checkpoint.load(again, tmp_path / "talk.json")

    assert again.state == memory.state
    assert again.state.buffer.maxlen == 60
    assert again.policy == "importance"
    assert again.chat("And on.") == memory.chat("And on.")


def _changed(content: dict[str, Any], **values: Any) -> str:
    return json.dumps({**content, **values})


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda c: "", "not a checkpoint: "),
        (lambda c: json.dumps(c)[:-9], "not a checkpoint: "),
        (lambda c: "[" * 100_000, "not a checkpoint: "),
        (lambda c: "\ud800".encode("utf-16", "surrogatepass"), "not a checkpoint: "),
        (lambda c: "[]", "not a checkpoint of this program"),
        (lambda c: _changed(c, version=2), "a checkpoint of version 2; this program reads 1"),
        (lambda c: _changed(c, version="1"), "a checkpoint of version '1'"),
        (lambda c: _changed(c, max_tokens=512), "of a memory of 512 tokens, not 60"),
        (lambda c: _changed(c, policy="best"), "damaged: 'best' is no policy"),
        (lambda c: _changed(c, buffer=[1.5]), "damaged: 1.5 is no whole number"),
        (lambda c: _changed(c, buffer=[True]), "damaged: True is no whole number"),
        (lambda c: _changed(c, buffer=[8000]), "damaged: 8000 is no token"),
        (lambda c: _changed(c, buffer=[1] * 61), "damaged: 61 tokens in a memory of 60"),
        (lambda c: _changed(c, summaries=[[9999]]), "damaged: 9999 is no token"),
        (lambda c: _changed(c, statistics={}), "damaged: 'policies'"),
        (lambda c: _changed(c, scores=3), "damaged: "),
        (lambda c: json.dumps({k: v for k, v in c.items() if k != "unsummed"}), "damaged: 'unsummed'"),
    ],
)
def test_what_is_no_checkpoint_is_refused_in_one_line(
    memory: FiniteMemory, tmp_path: Path, damage: Any, says: str
) -> None:
    path = tmp_path / "talk.json"
    checkpoint.save(memory, path)
    wrong = damage(json.loads(path.read_text()))
    path.write_bytes(wrong if isinstance(wrong, bytes) else wrong.encode("ascii"))
    before = memory.state

    with pytest.raises(BadCheckpoint) as refused:
        checkpoint.load(memory, path)

    assert says in str(refused.value)
    assert str(refused.value).startswith(str(path))
    assert "\n" not in str(refused.value)
    assert memory.state is before


def test_who_reads_the_old_one_meanwhile_reads_all_of_it(memory: FiniteMemory, tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    path.write_text("the old one")

    with path.open() as reader:
        checkpoint.save(memory, path)
        assert reader.read() == "the old one"
    assert json.loads(path.read_text())["version"] == 1


def test_a_write_that_fails_leaves_what_was_there(
    memory: FiniteMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "talk.json"
    path.write_text("as it was")
    monkeypatch.setattr(checkpoint.os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(memory, path)

    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]
