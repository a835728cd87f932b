"""The files that a call writes are named, and compared as far as that is cheap; nothing of them is refused."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from perfkit.protocol.opening import FromCallables, Open
from perfkit.protocol.proving import Settle
from perfkit.sources.callables import CALL
from perfkit.worker.inline import InlineWorker
from perfkit.worker.written_files import in_words, watched

pytestmark = pytest.mark.usefixtures("libraries_unwatched")

END = "; what is in files is not part of the proof"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "old.txt").write_text("old", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def by_hand() -> None:
    os.close(os.open("new", os.O_WRONLY | os.O_CREAT))


def and_removed() -> None:
    Path("new").touch()
    Path("new").unlink()


@pytest.mark.parametrize(
    ("deed", "names"),
    [
        (lambda: Path("new").write_text("x", encoding="utf-8"), ["new"]),
        (lambda: Path("old.txt").open("a", encoding="utf-8").close(), ["old.txt"]),
        (lambda: Path("old.txt").open("r+", encoding="utf-8").close(), ["old.txt"]),
        (by_hand, ["new"]),
        (lambda: np.save("new.npy", np.arange(3)), ["new.npy"]),
        (and_removed, []),
        (lambda: Path("old.txt").read_text(encoding="utf-8"), []),
        (lambda: Path(os.devnull).write_text("x", encoding="utf-8"), []),
    ],
)
def test_what_is_opened_to_be_written_is_seen(here: Path, deed: Callable[[], object], names: list[str]) -> None:
    with watched() as written:
        deed()
        assert [*written()] == [str(here / name) for name in names]


@pytest.mark.parametrize(
    ("baseline", "candidate", "words"),
    [
        ({}, {}, []),
        ({"/f": "1"}, {"/f": "1"}, [f"writes to /f, as the baseline does{END}"]),
        ({"/f": "1"}, {"/f": "2"}, [f"leaves other content in /f than the baseline{END}"]),
        ({"/f": ""}, {"/f": "2"}, [f"writes to /f, as the baseline does{END}"]),
        ({}, {"/f": "1"}, [f"writes to /f, which the baseline does not{END}"]),
        ({"/f": "1"}, {"/g": "1"}, [f"writes to /g, which the baseline does not, and does not write to /f, as the "
                                    f"baseline does{END}"]),
        ({}, dict.fromkeys("abcd", "1"), [f"writes to a, b, c …, which the baseline does not{END}"]),
    ],
)  # fmt: skip
def test_what_is_said_of_them(baseline: dict[str, str], candidate: dict[str, str], words: list[str]) -> None:
    assert in_words(baseline, candidate) == words


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("writes", "writes", "writes to perfkit-tests-written.txt, as the baseline does"),
        ("writes", "writes_more", "leaves other content in perfkit-tests-written.txt than the baseline"),
        ("appends", "appends", "writes to perfkit-tests-written.txt, as the baseline does"),
        ("counted", "writes", "writes to perfkit-tests-written.txt, which the baseline does not"),
        ("writes", "counted", "does not write to perfkit-tests-written.txt, as the baseline does"),
    ],
)
def test_of_functions_it_is_a_warning(here: Path, old: str, new: str, words: str) -> None:
    own = "tests.own.pairs"
    source = FromCallables(
        baseline=f"{own}:{old}", candidates={"new": f"{own}:{new}"}, calls={CALL: "((7,), {})"}, folder=str(here)
    )
    with InlineWorker({"OMP_NUM_THREADS": "1"}, timeout_s=60.0) as worker:
        worker.ask(Open(source=source, seed=3, process=0), about="opening")
        settled = worker.ask(Settle(workload=CALL, on=(), recipes=("new",), quiet=False), about="the end")

    assert settled.left == (f"{words}{END}",)


@pytest.mark.parametrize(("new", "warned"), [("told", False), ("told_past_it", True)])
def test_what_is_printed_past_the_stream_is_a_warning_where_prints_are_compared(new: str, warned: bool) -> None:
    own, calls = "tests.own.pairs", {CALL: "((7,), {})"}
    for printed in (True, False):
        source = FromCallables(baseline=f"{own}:told", candidates={"new": f"{own}:{new}"}, calls=calls, printed=printed)
        with InlineWorker({"OMP_NUM_THREADS": "1"}, timeout_s=60.0) as worker:
            worker.ask(Open(source=source, seed=3, process=0), about="opening")
            settled = worker.ask(Settle(workload=CALL, on=(), recipes=("new",), quiet=False), about="the end")

        assert any("past sys.stdout" in words for words in settled.left) == (warned and printed)
