"""What py-spy writes, cut to what is the target's; and what it says when it fails."""

from __future__ import annotations

import concurrent.futures.thread
import os
import queue
import signal
import stat
import threading
from pathlib import Path

import pytest

from perfkit.errors import ProfilerUnavailable
from perfkit.profilers.common.false_waits import is_false_wait, may_wait_falsely
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profilers.common.threads import named, pool_of, seen
from perfkit.profilers.common.waits import waits
from perfkit.profilers.pyspy import Spy, calm_rate, elsewhere, in_thread

OWN, CHILD = ('process 7:"python -m perfkit"', "", 0), ('process 8:"python child.py"', "", 0)
MAIN, POOL, BARE = ("thread (7): MainThread", "", 0), ("thread (9): task_1", "", 0), ("thread (7532)", "", 0)
BOOT = [("Thread._bootstrap", threading.__file__, 995), ("Thread.run", threading.__file__, 970)]
WORKER = ("_worker", concurrent.futures.thread.__file__, 69)
ITEM = ("_WorkItem.run", concurrent.futures.thread.__file__, 54)
WORK: Frame = ("linear", "ops.py", 9)


@pytest.mark.parametrize(
    ("stack", "names"),
    [
        ([OWN, MAIN, WORK], []),  # before or after the region
        ([OWN, POOL, *BOOT, WORKER, WORK], ["[threads task]", "linear"]),
        ([OWN, POOL, *BOOT, ("run", "m.py", 3)], ["[threads task]", "run"]),  # not threading's
        ([OWN, BARE, *BOOT, WORK], ["[threads without a name]", "linear"]),
        ([OWN, POOL, *BOOT, WORKER], []),
        ([OWN, POOL, *BOOT, WORKER, ITEM], ["[threads task]", "_WorkItem.run"]),  # a function of C's, at work
        ([OWN, POOL, *BOOT, WORKER, ITEM, WORK], ["[threads task]", "linear"]),
        ([OWN, POOL, *BOOT], ["[threads task]", "Thread.run"]),
        (
            [OWN, POOL, *BOOT, WORKER, ("get", "/home/me/queue.py", 3)],
            ["[threads task]", "get"],
        ),  # a module of one's own
        ([OWN, POOL, ("run", "/home/me/threading.py", 3)], ["[threads task]", "run"]),
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
    assert waits("Condition.wait", threading.__file__)
    assert waits("get", queue.__file__)
    assert not waits("Condition.notify", threading.__file__)
    assert not waits("wait", "/home/me/model.py")


@pytest.mark.parametrize("file", ["/home/me/queue.py", "queue.py", "/home/me/site-packages/queue.py"])
def test_a_function_of_ones_own_works_whatever_its_module_is_called(file: str) -> None:
    inside = str(Path(queue.__file__).parent / "site-packages" / "mine" / "queue.py")

    assert not waits("get", file)
    assert not waits("get", inside)


def test_what_pyspy_takes_for_idle_by_its_name_is_known() -> None:
    assert is_false_wait("wait", "/home/me/threading.py")
    assert is_false_wait("select", "/home/me/my_selectors.py")
    assert not is_false_wait("wait", threading.__file__)
    assert not is_false_wait("join", "/home/me/threading.py")
    assert may_wait_falsely(["/home/me/m.py", "/home/me/threading.py"])
    assert not may_wait_falsely([threading.__file__, "/home/me/queue.py"])


def test_deep_stacks_are_sampled_no_faster_than_they_can_be_read() -> None:
    deep = [("f", "m.py", 1)] * 320
    shallow: list[Frame] = [OWN, MAIN, WORK]

    assert calm_rate(Stacks.of([(shallow, 100)]), 997) == 997
    assert 90 < calm_rate(Stacks.of([(shallow, 900), (deep, 100)]), 499) < 120
    assert calm_rate(Stacks.of([(shallow, 999), (deep, 1)]), 499) == 499  # too little to matter
    assert calm_rate(Stacks.of([(deep, 100)]), 31) == 31
    assert calm_rate(Stacks.of([]), 499) == 499


def test_a_thread_has_its_own_name_and_not_that_of_one_before() -> None:
    stack = [OWN, ("thread (12): ThreadPoolExecutor-9_0", "", 0), *BOOT, WORK]  # the address was another's

    assert in_thread(stack, pid=7, names={"12": "Thread-29 (worker_a)"})[0][0] == "[threads Thread (worker_a)]"
    assert in_thread(stack, pid=7, names={"13": "other"})[0][0] == "[threads without a name]"
    assert in_thread(stack, pid=7)[0][0] == "[threads ThreadPoolExecutor]"
    assert in_thread([OWN, ("thread (7)", "", 0), WORK], pid=7, names={"7": "MainThread"}) == []


@pytest.mark.parametrize(
    ("names", "pool"),
    [
        (["Thread-1 (worker)", "Thread-29 (worker)"], "Thread (worker)"),
        (["Thread-1", "Thread-2"], "Thread"),
        (["ThreadPoolExecutor-0_0", "ThreadPoolExecutor-7_13"], "ThreadPoolExecutor"),
        (["task_0", "task-1", "task 2", "task3"], "task"),
        (["asyncio_0"], "asyncio"),
        (["7"], "7"),
    ],
)
def test_the_threads_of_a_pool_have_one_name(names: list[str], pool: str) -> None:
    assert {pool_of(name) for name in names} == {pool}


def test_the_name_of_a_thread_is_kept_after_it_has_ended() -> None:
    thread = threading.Thread(target=len, args=("",))
    with named():
        thread.start()
        thread.join()

    assert seen()[thread.native_id or 0] == thread.name
    assert seen()[threading.get_native_id()] == threading.current_thread().name


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
    assert remedy in caught.value.hint
    assert "\n" not in caught.value.message


WRITES = """
while [ "$1" ]; do [ "$1" = --output ] && out=$2; shift; done
said='process 8:"a; b\\nc";thread (8);linear (ops.py:9) 3\\nlinear (ops.py:9) 2\\n'
trap 'printf "$said" > "$out"; exit 0' INT
printf "py-spy> Sampling process 9 times\\npy-spy> 2.1s behind in sampling\\n"
sleep 5 >/dev/null 2>&1 &
wait
"""


def test_what_it_wrote_is_read_and_its_folder_removed(fake: Path) -> None:
    write(fake, WRITES)

    with Spy(os.getpid(), 100) as spy:
        folder = Path(spy._folder.name)
        assert folder.is_dir()
    assert spy.stacks.frames == (('process 8:"a b c"', "", 0), ("thread (8)", "", 0), WORK)
    assert spy.stacks.stacks == (((0, 1, 2), 30_000_000), ((2,), 20_000_000))
    assert "100 samples a second" in spy.notes[0]
    assert not folder.exists()


def test_one_that_is_started_in_the_background_is_asked_for_its_samples_all_the_same(fake: Path) -> None:
    write(fake, WRITES)
    was = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for a job in the background
    try:
        with Spy(os.getpid(), 100) as spy:
            pass
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, was)
    assert spy.stacks.stacks


def test_it_is_said_when_it_is_not_installed(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake.parent))

    with pytest.raises(ProfilerUnavailable, match="not installed") as caught:
        Spy(os.getpid(), 100)
    assert "pip install py-spy" in caught.value.hint
