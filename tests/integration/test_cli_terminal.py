"""What reaches the terminal: widths, colours, pipes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .forked import UNREAD

ESCAPE = "\x1b"


@pytest.fixture(scope="module")
def saved(perfkit_forked: Any, planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two honest recipes and a wrong one, saved."""
    path: Path = tmp_path_factory.mktemp("saved") / "run.json"
    words = ("--recipe", "plain-cube", "--recipe", "zeros", "--quick", "--budget", "60s", "--seed", "3")
    assert (
        perfkit_forked("compare", "toy", "--catalog", planted, *words, "--save", path, rounds=2, sample_ns=25_000).rc
        == 5
    )
    return path


@pytest.fixture(scope="module")
def reports(saved: Path, planted: Path) -> dict[str, list[object]]:
    """The words of every command that draws."""
    return {
        "compare": ["show", saved, "--catalog", planted],
        "list": ["list", "--long", "--catalog", planted],
        "explain": ["explain", "einsum-optimize"],
        "doctor": ["doctor"],
        "profile": ["profile", "toy", "--catalog", planted, "--duration", "50ms", "--with", "cprofile,pyinstrument"],
        "wrong": ["compare", "--catalog", planted, "--recipe", "zeros", "--quick", "--budget", "0.1s"],
    }


@pytest.mark.slow
@pytest.mark.usefixtures("doctor_in_short")
@pytest.mark.parametrize(
    ("name", "columns"),
    [(name, columns) for name in ("compare", "list", "explain", "wrong") for columns in (80, 100, 140)]
    + [("doctor", 80), ("profile", 80)],
)
def test_no_line_is_wider_than_the_terminal(
    perfkit_inline: Any, reports: dict[str, list[object]], name: str, columns: int
) -> None:
    from rich.cells import cell_len

    run = perfkit_inline(*reports[name], env={"COLUMNS": str(columns)})

    assert run.lines
    assert [line for line in run.lines if cell_len(line) > columns] == []
    assert [line for line in run.lines if line != line.rstrip()] == []
    assert ESCAPE not in run.stdout


def test_a_pipe_without_columns_is_100_wide(perfkit_here: Any, saved: Path) -> None:
    assert perfkit_here("show", saved).stdout == perfkit_here("show", saved, env={"COLUMNS": "100"}).stdout


@pytest.mark.parametrize("columns", ["wide", "0", "-5", "", "80.5"])
def test_a_senseless_width_is_passed_over(perfkit_here: Any, columns: str) -> None:
    run = perfkit_here("list", env={"COLUMNS": columns})

    assert (run.rc, run.stderr) == (0, "")
    assert run.stdout == perfkit_here("list").stdout


COLOUR = re.compile(r"\x1b\[[0-9;]*\b(3[0-7]|9[0-7]|38)[;m]")


def test_a_terminal_gets_colour_unless_the_user_wants_none(on_a_terminal: Any, saved: Path) -> None:
    assert COLOUR.search(on_a_terminal("show", saved, TERM="xterm-256color", fresh=True)[1])
    assert COLOUR.search(on_a_terminal("show", saved, TERM="xterm-256color")[1])
    assert not COLOUR.search(on_a_terminal("show", saved, TERM="xterm-256color", NO_COLOR="1")[1])
    assert ESCAPE not in on_a_terminal("show", saved, TERM="dumb")[1]


def test_no_color_and_a_pipe_carry_no_escape_codes(perfkit_here: Any, saved: Path) -> None:
    plain = perfkit_here("show", saved)

    assert ESCAPE not in plain.stdout
    assert perfkit_here("show", saved, env={"NO_COLOR": "1"}).stdout == plain.stdout


UNBUFFERED = pytest.mark.parametrize("env", [{}, {"PYTHONUNBUFFERED": "1"}], ids=["buffered", "unbuffered"])


@pytest.mark.slow
@UNBUFFERED
@pytest.mark.parametrize("words", ["--version", "--help", "list --json -", "explain rope-cache"])
def test_a_closed_pipe_ends_in_silence(perfkit_forked: Any, words: str, env: dict[str, str]) -> None:
    run = perfkit_forked(*words.split(), env=env, streams={1: UNREAD})

    assert (run.rc, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.slow
@UNBUFFERED
def test_an_interpreter_ends_in_silence_too(environment: dict[str, str], env: dict[str, str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "perfkit", "list", "--long"]
    done = subprocess.run(line, env={**environment, **env}, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_head_takes_what_it_wants(environment: dict[str, str]) -> None:
    done = subprocess.run(
        f"{sys.executable} -m perfkit list --long | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        env=environment,
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr) == ("targets\n0\n", "")


def test_a_full_standard_output_is_one_line(environment: dict[str, str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "perfkit", "list"], env=environment, stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
