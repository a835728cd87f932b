"""What the commands of the Makefile would run: nothing is installed here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def steps(repository: Path, *words: str) -> str:
    """What `make` prints with -n, for an environment that is not there yet."""
    command = ["make", "-n", "VENV=build/not-there", *words]
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}  # not of the make above
    return subprocess.run(command, cwd=repository, env=own, capture_output=True, text=True, check=True).stdout


def test_the_demo_installs_no_development_tools_and_says_each_step_before_it(repository: Path) -> None:
    lines = steps(repository, "demo").splitlines()
    installs = [number for number, line in enumerate(lines) if "pip install" in line]

    (only,) = installs
    assert lines[only].endswith(" -e .")
    assert lines[only - 1].startswith("echo 'perfkit: installing ")
    compared = [line.partition("perfkit compare ")[2] for line in lines[-3:]]
    assert compared == [
        "--recipe rope-cache",
        "--recipe dequant-cache --quick",
        "spectral --recipe twiddle-matmul --quick || test $? -eq 5",  # refused, as it should be
    ]


def test_the_tests_add_their_tools_to_the_same_environment(repository: Path) -> None:
    said = steps(repository, "test")

    assert said.count("-m venv --clear build/not-there") == 1
    assert said.index(" -e .\n") < said.index(" -e '.[dev]'\n") < said.index("-m pytest")


@pytest.mark.parametrize("command", ["demo", "test"])
def test_every_install_is_pinned_and_takes_another_index(repository: Path, command: str) -> None:
    installs = [line for line in steps(repository, command, "TORCH_INDEX=https://x").splitlines() if "pip inst" in line]

    assert installs
    for line in installs:
        assert "-c constraints.txt" in line
        assert "--extra-index-url https://x" in line
