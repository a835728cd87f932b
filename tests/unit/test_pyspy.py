"""What py-spy writes, cut to what is the target's; and what it says when it fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from perfkit.errors import ProfilerUnavailable
from perfkit.profilers.pyspy import Spy, elsewhere, in_thread
from perfkit.profilers.stacks import Frame, Stacks, waits

OWN, CHILD = ('process 7:"python -m perfkit"', "", 0), ('process 8:"python child.py"', "", 0)
MAIN, POOL, BARE = ("thread (7): MainThread", "", 0), ("thread (9): task_1", "", 0), ("thread (7532)", "", 0)
BOOT = [("Thread._bootstrap", "/lib/threading.py", 995), ("Thread.run", "/lib/threading.py", 970)]
WORKER = ("_worker", "/lib/concurrent/futures/thread.py", 69)
WORK: Frame = ("linear", "ops.py", 9)


@pytest.mark.parametrize(
    ("stack", "names"),
    [
        ([OWN, MAIN, WORK], []),  # before or after the region
        ([OWN, POOL, *BOOT, WORKER, WORK], ["[threads task]", "linear"]),
        ([OWN, POOL, *BOOT, ("run", "m.py", 3)], ["[threads task]", "run"]),  # not threading's
        ([OWN, BARE, *BOOT, WORK], ["[threads without a name]", "linear"]),
        ([OWN, POOL, *BOOT, WORKER], []),
        ([OWN, CHILD, MAIN, WORK], ["[process python child.py]", "[threads MainThread]", "linear"]),
        ([OWN, POOL, *BOOT, WORKER, ("sem_wait (libc.so.6)", "", 0)], []),  # idle, as --native shows it
        ([WORK], []),
    ],
)
def test_a_stack_of_another_thread_is_its_pool_and_its_work(stack: list[Frame], names: list[str]) -> None:
    assert [frame[0] for frame in in_thread(stack, pid=7)] == names


def test_a_child_forked_in_the_region_is_a_child() -> None:
    root = ("measured", "region.py", 9)
    stack = [OWN, CHILD, MAIN, ("main", "worker.py", 1), root, WORK]
    stacks = Stacks.of([(stack, 5), ([OWN, MAIN, root, WORK], 2)])

    cut = stacks.below(
        lambda frame: frame == root,
        lambda found: in_thread(found, pid=7, root=root[1::-1]),
        foreign=lambda frame: elsewhere(frame, pid=7),
    )
    found = {tuple(cut.frames[n][0] for n in s): weight for s, weight in cut.stacks}
    assert found == {("[process python child.py]", "[threads MainThread]", "linear"): 5, ("linear",): 2}
    assert cut.on_others == pytest.approx(5 / 7)


def test_waiting_for_a_lock_is_no_work() -> None:
    assert waits("Condition.wait", "/usr/lib/threading.py")
    assert not waits("Condition.notify", "/usr/lib/threading.py")
    assert not waits("wait", "/home/me/model.py")


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A py-spy that is a shell script, found before any other."""
    program = tmp_path / "py-spy"
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    return program


def write(program: Path, body: str) -> None:
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("body", "words", "remedy"),
    [
        ('echo "Permission Denied: Try running again with sudo"; exit 1', "ptrace is not permitted", "SYS_PTRACE"),
        ('echo "Error: Operation not permitted (os error 1)"; exit 1', "ptrace is not permitted", "pyinstrument"),
        ("echo Error: no such process; exit 1", "gave no samples: Error: no such process", "pyinstrument"),
        ("exit 1", "it said nothing", "pyinstrument"),
        ("kill -KILL $$", "was ended by SIGKILL", "again"),
        ('echo "py-spy> Sampling process 9 times"; kill -KILL $$', "was ended by SIG", "again"),
        ("trap '' INT; echo 'py-spy> Sampling process 9 times'; sleep 0.2; exit 0", "gave no samples", "cprofile"),
    ],
)
def test_a_failure_is_one_line_with_a_remedy(fake: Path, body: str, words: str, remedy: str) -> None:
    write(fake, body)

    with pytest.raises(ProfilerUnavailable, match=words) as caught, Spy(os.getpid(), 100):
        pass
    assert remedy in caught.value.hint and "\n" not in caught.value.message


def test_what_it_wrote_is_read_and_its_folder_removed(fake: Path) -> None:
    write(
        fake,
        """
        while [ "$1" ]; do [ "$1" = --output ] && out=$2; shift; done
        said='process 8:"a; b\\nc";thread (8);linear (ops.py:9) 3\\nlinear (ops.py:9) 2\\n'
        trap 'printf "$said" > "$out"; exit 0' INT
        printf "py-spy> Sampling process 9 times\\npy-spy> 2.1s behind in sampling\\n"
        sleep 5 &
        wait
        """,
    )

    with Spy(os.getpid(), 100) as spy:
        folder = Path(spy._folder.name)
        assert folder.is_dir()
    assert spy.stacks.frames == (('process 8:"a b c"', "", 0), ("thread (8)", "", 0), WORK)
    assert spy.stacks.stacks == (((0, 1, 2), 30_000_000), ((2,), 20_000_000))
    assert "100 samples a second" in spy.notes[0]
    assert not folder.exists()


def test_it_is_said_when_it_is_not_installed(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake.parent))

    with pytest.raises(ProfilerUnavailable, match="not installed") as caught:
        Spy(os.getpid(), 100)
    assert "pip install py-spy" in caught.value.hint
