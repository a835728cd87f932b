"""What stands between perfkit and a worker ends as the worker did, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

# the reaper with another worker, which needs no library
SCRIPT = """
import os, signal, subprocess, sys, time, types

def main(commands, answers, breadcrumb):
    {deed}

worker = types.ModuleType("perfkit.worker.main")
worker.main = main
sys.modules["perfkit.worker.main"] = worker
from perfkit.worker import reaper
reaper.main(*map(int, sys.argv[1:]))
"""


class Running:
    """A reaper, the pipe to its worker, and the one from it."""

    def __init__(self, process: subprocess.Popen[bytes], commands: int, answers: int) -> None:
        self.process, self.commands, self.answers = process, commands, answers

    def hang_up(self) -> None:
        os.close(self.commands)
        self.commands = -1

    def said(self) -> bytes:
        return os.read(self.answers, 1000)


@contextmanager
def supervised(deed: str) -> Iterator[Running]:
    """A worker that does a deed: a line of Python."""
    inside, commands = os.pipe()
    answers, outside = os.pipe()
    given = (inside, outside, os.open(os.devnull, os.O_RDWR))
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(deed=deed), *map(str, given)], pass_fds=given, start_new_session=True
    )
    for descriptor in given:
        os.close(descriptor)
    running = Running(process, commands, answers)
    try:
        yield running
    finally:
        for descriptor in (running.commands, answers):
            if descriptor >= 0:
                os.close(descriptor)
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("deed", "status"),
    [
        ("return", 0),
        ("os._exit(97)", 97),
        ("os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_it_ends_as_its_worker_did(deed: str, status: int) -> None:
    with supervised(deed) as running:
        assert running.process.wait(timeout=60) == status


def test_a_worker_that_is_no_longer_spoken_to_and_goes_on_is_ended() -> None:
    with supervised("os.write(answers, b'here'); time.sleep(600)") as running:
        assert running.said() == b"here"
        running.hang_up()

        assert running.process.wait(timeout=60) == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a session of its own hides a process")
def test_what_a_worker_started_and_left_in_a_session_of_its_own_is_ended() -> None:
    start = "subprocess.Popen(['sleep', '600'], start_new_session=True)"
    with supervised(f"os.write(answers, str({start}.pid).encode()); os._exit(3)") as running:
        stray = int(running.said())

        assert running.process.wait(timeout=60) == 3
        assert not alive(stray)


def alive(pid: int) -> bool:
    for _ in range(100):  # whoever adopts it may take a moment to let it go
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.01)
    return True
