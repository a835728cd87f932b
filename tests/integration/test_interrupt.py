"""Ctrl-C, sudden death and a full disk: what was measured is kept, and no process is left."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from perfkit.errors import WorkFailed

from .forked import Forks, Twist

pytestmark = pytest.mark.slow

Completed = subprocess.CompletedProcess[str]
LONG = ("--budget", "300s", "--seed", "5")
FOR_EVER = Twist(rounds=10**6)  # rounds, after short proofs


def compare_line(planted: Path) -> tuple[str, ...]:
    return ("compare", "--catalog", str(planted), "--recipe", "plain-cube", *LONG)


def has_worked(process: Any, after_s: float) -> bool:
    """Whether its workers have worked for so long after its plan stood, proving or measuring."""
    assert until(lambda: process.stderr.readline().startswith("plan: "))
    return until(lambda: used_s(process) > after_s)


def is_measured(process: Any, after_s: float) -> bool:
    """Whether samples are being taken: long enough for rounds, on a busy machine too.

    While the plan is read, the workers that prove stand ready, and nothing else does.
    """
    assert until(lambda: process.stderr.readline().startswith("plan: "))
    proving = {child.pid for child in psutil.Process(process.pid).children(recursive=True)}
    return until(lambda: used_s(process, proving) > after_s, 40)  # what is asserted does not depend on how many


@pytest.fixture
def measuring(
    environment: dict[str, str], planted: Path, tmp_path: Path
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a long comparison in a fresh interpreter and return it once its samples are being taken."""
    started = []

    def start(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "perfkit", *compare_line(planted), *words],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert is_measured(process, 1.5)  # of which half goes into importing
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def workers(process: Any) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            found += [child] if "perfkit.worker.reaper" in child.cmdline() else []
    return found


def used_s(process: Any, but: Collection[int] = ()) -> float:
    """Seconds of processor time of the workers that run now, but for those of some numbers."""
    used = 0.0
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            used += child.cpu_times().user if child.pid not in but else 0.0
    return used


def alive(process: psutil.Process) -> bool:
    """Whether it runs; one that is dead and only waits to be reaped by its parent does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(true: Callable[[], Any], seconds: float = 60) -> bool:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_ctrl_c_prints_and_saves_what_was_measured(
    measuring: Callable[..., subprocess.Popen[str]], tmp_path: Path, perfkit_here: Any, planted: Path
) -> None:
    process = measuring("--save", "run.json")
    left = workers(process)

    process.send_signal(signal.SIGINT)
    table, complaint = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in complaint
    assert table.splitlines()[0].startswith("toy / plain-cube")
    assert "status interrupted while measuring, process 1 of 8" in table
    document = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert document["status"] == "interrupted"
    assert {r["kind"] for r in document["results"]} <= {"micro", "macro"}
    assert whole_rounds(document["samples"]) > 0
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]
    assert not any(alive(p) for p in left)
    assert perfkit_here("show", tmp_path / "run.json", "--catalog", planted).stdout == table


def whole_rounds(samples: list[dict[str, Any]]) -> int:
    """How many rounds there are; every one of them has all three roles."""
    rounds: dict[tuple[Any, ...], set[str]] = {}
    for s in samples:
        rounds.setdefault((s["group"], s["process"], s["round"]), set()).add(s["role"])
    assert all(roles == {"baseline", "control", "candidate-1"} for roles in rounds.values())
    return len(rounds)


def test_ctrl_c_leaves_one_json_document_on_stdout(forks: Forks, planted: Path, tmp_path: Path) -> None:
    with forks.start((*compare_line(planted), "--json", "-"), tmp_path, FOR_EVER) as process:
        assert has_worked(process, 0.6)
        process.send_signal(signal.SIGINT)
        text, _ = process.end()

    assert process.returncode == 130
    assert json.loads(text)["status"] == "interrupted"


def test_a_parent_killed_outright_leaves_no_worker(forks: Forks, planted: Path, tmp_path: Path) -> None:
    with forks.start(compare_line(planted), tmp_path, FOR_EVER) as process:
        assert has_worked(process, 0.6)
        left = workers(process)
        assert left

        process.send_signal(signal.SIGKILL)

        assert until(lambda: not any(alive(p) for p in left))


STRUCK = Path(__file__).with_name("struck.py")
MOMENTS = (
    "reading the catalogue",
    "importing the engine",
    "set-up",
    "counting",
    "proof",
    "warm-up",
    "rounds",
    "last checks",
    "statistics",
    "writing JSON",
    "saving",
    "printing",
)


# no worker runs then: these are struck in a fork whose workers are in it, the others in one whose workers are forks
WITHOUT_WORKERS = ("reading the catalogue", "set-up", "statistics", "writing JSON", "saving", "printing")
FRESH = ("importing typer", "importing the engine", "rounds")  # struck in interpreters of their own


@pytest.fixture
def struck(
    environment: dict[str, str], planted: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, forks: Forks
) -> Callable[..., Completed]:
    """A short comparison to which something happens at a named moment."""

    def run(deed: str, moment: str, *words: str, keep_s: float | None = None) -> Completed:
        inside = moment in WITHOUT_WORKERS
        compare = ("compare", "--catalog", str(planted), "--recipe", "plain-cube", "--quick", "--processes", "2")
        compare += ("--seed", "5", "--budget", "0.3s" if moment in FRESH else "60s", *words)
        rescued = str(tmp_path_factory.mktemp("rescued"))
        if moment in FRESH:
            line = [sys.executable, str(STRUCK), deed, moment, *compare]
            env = {**environment, "TMPDIR": rescued}
            done = subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True)
        else:
            twist = Twist(struck=(deed, moment), keep_s=keep_s, temporary=rescued, rounds=4, sample_ns=25_000)
            done = Completed(compare, *forks.run(compare, tmp_path, twist, workers="inline" if inside else "forked"))
        assert until(lambda: not of_this_test(tmp_path)), "a process stays behind"
        return done

    return run


def of_this_test(folder: Path) -> list[psutil.Process]:
    """Every process of perfkit's engine that was started in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) and "perfkit.worker.reaper" in process.cmdline() and alive(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


# a job's time limit and a dropped connection are as Ctrl-C is: it does not matter when which of them comes
OTHERS = {"proof": ("terminate", 143), "rounds": ("hang-up", 129), "statistics": ("terminate", 143)}


@pytest.mark.parametrize("moment", MOMENTS)
def test_stopped_at_any_moment_it_gives_a_table_and_a_whole_file_of_what_was_measured(
    struck: Callable[..., Completed], moment: str, tmp_path: Path
) -> None:
    deed, code = OTHERS.get(moment, ("ctrl-c", 130))
    file = tmp_path / "run.json"
    file.write_text("an older run", encoding="utf-8")

    run = struck(deed, moment, "--save", "run.json")

    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]
    assert "unavailable" not in run.stdout
    if moment != "printing":  # by then everything has been measured, saved and drawn
        assert "status interrupted" in run.stdout
    if MOMENTS.index(moment) < MOMENTS.index("rounds"):
        assert "nothing was measured: run.json is left as it was" in run.stderr
        assert file.read_text(encoding="utf-8") == "an older run"
        return
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["samples"]
    if moment != "printing":
        assert document["status"] == "interrupted"
    if MOMENTS.index(moment) > MOMENTS.index("last checks"):
        assert {r["kind"] for r in document["results"] if r["speedup"]} == {"micro", "macro"}


def test_ctrl_c_before_there_is_a_command_is_one_line(struck: Callable[..., Completed], tmp_path: Path) -> None:
    run = struck("ctrl-c", "importing typer", "--save", "run.json")

    assert (run.returncode, run.stdout, run.stderr) == (130, "", "perfkit: interrupted\n")
    assert not list(tmp_path.iterdir())


def test_a_long_run_that_is_killed_has_saved_what_it_had(struck: Callable[..., Completed], tmp_path: Path) -> None:
    run = struck("kill", "last checks of the second group", "--save", "run.json", keep_s=0)

    document = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert run.returncode == -signal.SIGKILL
    assert document["status"] == "interrupted"
    assert whole_rounds(document["samples"]) > 0


def test_a_disk_that_is_full_for_a_while_costs_nothing(struck: Callable[..., Completed], tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("an older run", encoding="utf-8")

    run = struck("full-disk", "saving", "--save", "run.json", keep_s=0)

    assert run.returncode == 0
    assert "cannot write run.json: No space left on device; measuring goes on" in run.stderr
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["status"] in ("complete", "budget")


def test_a_disk_that_is_full_at_the_end_leaves_the_older_file_and_the_table(
    struck: Callable[..., Completed], tmp_path: Path
) -> None:
    (tmp_path / "run.json").write_text("an older run", encoding="utf-8")

    run = struck("full-disk", "saving", "--save", "run.json", keep_s=1e9)  # however long it takes: not before the end

    assert run.returncode == 1
    assert run.stdout.startswith("toy / plain-cube")
    assert "cannot write run.json: No space left on device" in run.stderr
    (rescued,) = re.findall("perfkit: the run is saved as (.*)", run.stderr)
    assert json.loads(Path(rescued).read_text(encoding="utf-8"))["samples"]
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [("run.json", "an older run")]


SHORT = ("--quick", "--processes", "2", "--seed", "5", "--budget", "0.1s")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 1, "perfkit: the system refused: No space left on device\n"),
        (WorkFailed("importing toy: no answer within 9 s", hint="wait"), 5, "importing toy: no answer within 9 s"),
        (ZeroDivisionError("division by zero"), 1, "this is a bug in perfkit: ZeroDivisionError: division by zero"),
    ],
)
@pytest.mark.parametrize("function", [False, True])
def test_an_error_after_samples_were_taken_costs_none_of_them(
    perfkit_inline: Callable[..., Any],
    planted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: int,
    said: str,
    function: bool,
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("perfkit.comparison.run.add_extremes", fails)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "mine.py").write_text("def old(n): return sum(range(n))\ndef new(n): return sum(range(n))\n")
    functions = ("mine.py:old", "mine.py:new", "--args", "n=100")
    recipe = ("--catalog", planted, "--recipe", "plain-cube")

    run = perfkit_inline("compare", *(functions if function else recipe), *SHORT)

    assert run.rc == code
    assert run.stdout.startswith("mine.py:old" if function else "toy / plain-cube")
    assert "status interrupted by an error while trying extreme inputs: " in run.stdout
    assert said in run.stderr
    (rescued,) = re.findall("perfkit: the run is saved as (.*)", run.stderr)
    assert json.loads(Path(rescued).read_text(encoding="utf-8"))["samples"]


def test_an_error_before_the_first_sample_is_the_only_thing_that_is_said(
    perfkit_inline: Callable[..., Any], planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise WorkFailed("importing toy: no answer within 9 s")

    monkeypatch.setattr("perfkit.session.session.Session.measure", fails)
    run = perfkit_inline("compare", "--catalog", planted, "--recipe", "plain-cube", *SHORT)

    assert (run.rc, run.stdout) == (5, "")
    assert "saved" not in run.stderr


ESCAPES = """
def make() -> Any:
    import os
    import time

    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    return lambda x, weight: mix(x, weight)
"""


def escaped(pid: int) -> list[psutil.Process]:
    """The processes below one that are of a session whose leader has ended, reaped or not."""
    below = psutil.Process(pid).children(recursive=True)
    sessions = {os.getsid(pid), *(p.pid for p in below if alive(p))}
    found = []
    for process in below:
        with contextlib.suppress(OSError):
            if alive(process) and os.getsid(process.pid) not in sessions:
                found.append(process)
    return found


def test_a_child_that_left_for_a_session_of_its_own_ends_with_perfkit(
    forks: Forks, toy_catalog: Callable[..., Path], tmp_path: Path
) -> None:
    words = ("compare", "--catalog", str(toy_catalog(escapes=("mix", ESCAPES))), "--recipe", "escapes", *LONG)
    with forks.start(words, tmp_path) as process:
        assert until(lambda: escaped(process.pid))
        left = psutil.Process(process.pid).children(recursive=True)

        process.send_signal(signal.SIGKILL)

        assert len(left) > 2
        assert until(lambda: not any(alive(p) for p in left))
