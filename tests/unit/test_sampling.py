"""What profiling.sampling of Python 3.15 writes, brought back to the functions it means."""

from __future__ import annotations

import inspect
import json
import os
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from perfkit.errors import ProfilerUnavailable
from perfkit.profilers import sampling
from perfkit.profilers.common.stacks import Frame, is_thread
from perfkit.profilers.sampling import Sampling, Sources
from perfkit.worker.region import ROOT, measured

HERE = Path(__file__)
REGION = f"{Path(ROOT[0]).name}:measured:{measured.__code__.co_firstlineno + 3}"
BOOT = "threading.py:Thread._bootstrap:1181;threading.py:Thread.run:1161"


class Inner:
    """Something with a method to be found."""

    def method(self) -> Callable[[int], int]:
        """Return a function that has no name, on a line of its own."""

        def twice(x: int) -> int:
            return (
                x
                * 2
            )  # fmt: skip

        return lambda x: twice(x)


def line_of(text: str) -> int:
    """The line of this file on which `text` first begins."""
    return next(at for at, line in enumerate(HERE.read_text().splitlines(), 1) if line.strip().startswith(text))


def test_a_line_that_runs_leads_to_the_function_and_its_first_line() -> None:
    sources = Sources([str(HERE), inspect.__file__, "/nowhere/test_sampling.py"])

    at = line_of("* 2")
    twice = "Inner.method.<locals>.twice"
    assert sources.frame(f"{HERE.name}:{twice}:{at}") == (twice, str(HERE), line_of("def twice"))
    nameless = "Inner.method.<locals>.<lambda>"
    at = line_of("return lambda")
    assert sources.frame(f"{HERE.name}:{nameless}:{at}") == (nameless, str(HERE), at)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("<GC>", ("<GC>", "", 0)),
        ("tid:853", ("tid:853", "", 0)),
        ("<string>:made:3", ("made", "<string>", 0)),
        ("unknown.py:f:3", ("f", "unknown.py", 0)),
    ],
)
def test_what_has_no_source_keeps_its_name(text: str, frame: Frame) -> None:
    assert Sources([str(HERE)]).frame(text) == frame


def test_files_of_one_name_are_told_apart_by_their_functions_or_not_at_all(tmp_path: Path) -> None:
    texts = {
        "a": "\ndef f():\n    pass\n",
        "b": "def g():\n    pass\n",
        "c": "def g(:",
        "d": "\n\n\ndef f():\n    pass\n",
    }
    for folder, text in texts.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "ops.py").write_text(text)
    sources = Sources(str(tmp_path / folder / "ops.py") for folder in texts)

    assert sources.frame("ops.py:f:3") == ("f", str(tmp_path / "a" / "ops.py"), 2)
    assert sources.frame("ops.py:f:5") == ("f", str(tmp_path / "d" / "ops.py"), 4)
    assert sources.frame("ops.py:g:2") == ("g", str(tmp_path / "b" / "ops.py"), 1)
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "ops.py").write_text(texts["b"])
    twice = Sources(str(tmp_path / folder / "ops.py") for folder in [*texts, "e"])
    assert twice.frame("ops.py:g:2") == ("g", "ops.py", 0)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`fake(body)`: a Python 3.15 that is a shell script."""
    program = tmp_path / "python"
    monkeypatch.setattr("sys.executable", str(program))
    monkeypatch.setattr(sampling, "is_here", lambda: True)

    def write(body: str) -> None:
        program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    return write


# cut from what Python 3.15.2 printed and wrote
SAID = "\\r\\033[KStats: 2391.4Hz (418.2µs) Min: 144.1Hz Max: 65091.5Hz N=500"
WROTE = [
    f"tid:7;worker.py:main:5;{REGION};{HERE.name}:Inner.method:{line_of('return lambda')} 6",
    "tid:7;worker.py:main:5 9",
    f"tid:9;{BOOT};thread.py:_worker:119;{HERE.name}:Inner.method:{line_of('return lambda')} 3",
    f"tid:9;{BOOT};thread.py:_worker:119 8",
]


def test_stacks_are_cut_to_the_region_and_to_other_threads(fake: Callable[[str], None]) -> None:
    written = "\\n".join(WROTE)
    fake(
        f"""
        [ "$1 $2 $3 $4" = "-u -m profiling.sampling attach" ] || exit 3
        while [ "$1" ]; do [ "$1" = --output ] && out=$2; shift; done
        trap 'printf "{written}\\n" > "$out"; printf "Warning: missed 12 samples (3.2%%)"; exit 0' INT
        printf "{SAID}"
        sleep 5 >/dev/null 2>&1 &
        wait
        """
    )
    library = Path(os.__file__).parent
    files = [str(HERE), ROOT[0], *map(str, (library / "threading.py", library / "concurrent/futures/thread.py"))]

    with Sampling(os.getpid(), 100, lambda: files) as sampler:
        pass
    raw = sampler.stacks
    is_root = partial(lambda frame: (frame[1], frame[0]) == ROOT)
    # the library's lines are not this Python's: only what stands below the work by name is cut
    region = sampling.region_threads(raw, is_root)
    assert region == {("tid:7", "", 0)}
    cut = raw.below(is_root, partial(sampling.in_thread, region=region))
    found = {
        tuple(cut.frames[n][0] for n in s if cut.frames[n][1] not in ("threading.py", "thread.py")): w
        for s, w in cut.stacks
    }
    assert found[("Inner.method",)] == 60_000_000
    assert found[("[threads]", "Inner.method")] == 30_000_000
    assert "worker.py" not in json.dumps([cut.frames[n] for s, _ in cut.stacks for n in s])
    assert all(is_thread(cut.frames[s[0]]) for s, _ in cut.stacks[1:])
    assert "100 samples a second" in sampler.notes[0]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('echo "🔒 Tachyon was unable to access process memory. This could be"; exit 1', "ptrace is not permitted"),
        ("echo \"Tachyon cannot find the process: Process with PID '9' does not exist.\"; exit 1", "does not exist"),
        (f"printf '{SAID}'; kill -KILL $$", "was ended by SIG"),
    ],
)
def test_a_failure_is_one_line_with_a_remedy(fake: Callable[[str], None], body: str, words: str) -> None:
    fake(body)

    with pytest.raises(ProfilerUnavailable, match=words) as caught, Sampling(os.getpid(), 100, list):
        pass
    assert "pyinstrument" in caught.value.hint
    assert "\n" not in caught.value.message


@pytest.mark.skipif(sampling.is_here(), reason="this Python has it")
def test_an_older_python_says_which_one_has_it() -> None:
    with pytest.raises(ProfilerUnavailable, match=r"3\.15") as caught:
        Sampling(os.getpid(), 100, list)
    assert f"this is {sys.version_info[0]}.{sys.version_info[1]}" in caught.value.message
    assert "--with pyspy" in caught.value.hint
