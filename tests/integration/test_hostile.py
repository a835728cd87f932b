"""Recipes that harm the process they run in: each is named for what it does, and the others are measured."""

from __future__ import annotations

from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.slow


# name: (what `make()` returns and does, verdict, reason, words of the note)
HOSTILE: dict[str, tuple[str, str, str | None, str]] = {
    "raises": (
        "return lambda x, weight: 1 / 0",
        "rejected",
        "exception",
        "ZeroDivisionError: division by zero (raises.py",
    ),
    "cannot_end": (  # the first of its batch by name: others are proven meanwhile
        "import time\n    return lambda x, weight: time.sleep(600)",
        "failed",
        "timeout",
        "proof of cannot-end on run, candidate, first call: no answer within 4 s",
    ),
    "exits": (
        "import os\n    return lambda x, weight: os._exit(3)",
        "failed",
        "exit",
        "proof of exits on run, candidate, first call: the process ended itself with status 3",
    ),
    "segfaults": (
        "import ctypes\n    return lambda x, weight: ctypes.string_at(0)",
        "failed",
        "SIGSEGV",
        "proof of segfaults on run, candidate, first call: ended by SIGSEGV",
    ),
    "segfaults_late": (
        """import ctypes
    calls = 0

    def work(x, weight):
        nonlocal calls
        calls += 1
        return mix(x, weight) if calls < 300 else ctypes.string_at(0)

    return work""",
        "failed",
        "SIGSEGV",
        ": ended by SIGSEGV",
    ),
    "eats_memory": (
        """import resource

    def work(x, weight):
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        return [bytes(1 << 28) for _ in range(1000)]

    return work""",
        "failed",
        "out-of-memory",
        "first call: MemoryError",
    ),
    "closes_descriptors": (
        """import os

    def work(x, weight):
        os.closerange(0, 256)
        return mix(x, weight)

    return work""",
        "failed",
        "exit",
        "proof of closes-descriptors on run, candidate, first call: the measured code closed perfkit's own file desc",
    ),
    "writes_to_descriptors": (
        """import os

    def work(x, weight):
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, b'{"ok": {}}\\n')  # a complete answer, to no request
            except OSError:
                pass
        return mix(x, weight)

    return work""",
        "failed",
        "exit",
        ": the measured code wrote into perfkit's own chan",
    ),
    "cuts_descriptors_short": (
        """import os

    def work(x, weight):
        for descriptor in range(3, 64):
            try:
                os.ftruncate(descriptor, 0)
            except OSError:
                pass
        return mix(x, weight)

    return work""",
        "failed",
        "SIGBUS",
        "proof of cuts-descriptors-short on run",
    ),
    "sets_alarm": (
        """import signal

    def work(x, weight):
        signal.alarm(60)
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "first call: changes a timer",
    ),
    "lowers_limit": (
        """import resource

    def work(x, weight):
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "first call: changes a limit of the process",
    ),
    "sets_environment": (
        """import os

    def work(x, weight):
        os.environ["OMP_NUM_THREADS"] = "9"
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "first call: changes the environment variables (OMP_NUM_THREADS)",
    ),
    "traces_calls": (
        """import sys

    def work(x, weight):
        sys.settrace(lambda *_: None)
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "first call: changes the tracing of calls",
    ),
    "slows_numpy": (
        """import time

    import numpy as np

    power = np.power

    def slow(*arguments):
        time.sleep(1e-5)
        return power(*arguments)

    def work(x, weight):
        np.power = slow
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "after the last call: replaces numpy.power, for all code of the process",
    ),
    "blinds_the_proof": (
        """import perfkit.worker.sampler

    perfkit.worker.sampler.compared = lambda *_: None
    return lambda x, weight: mix(x, weight)""",
        "rejected",
        "exception",
        "after the last call: replaces perfkit.worker.sampler.compared",
    ),
    "deletes_itself": (
        """import contextlib
    import os

    with contextlib.suppress(FileNotFoundError):
        os.unlink(__file__)
    return lambda x, weight: mix(x, weight)""",
        "failed",
        "exception",
        "deletes",  # not called anything, or no such file: two workers open it beside each other
    ),
    "raises_oddly": (
        """class Odd(BaseException):
        pass

    def work(x, weight):
        raise Odd("planted\\nforged")

    return work""",
        "rejected",
        "exception",
        "first call: Odd: planted",
    ),
    "says_much": (
        """def work(x, weight):
        raise ValueError("z" * 5_000_000)

    return work""",
        "rejected",
        "exception",
        "first call: ValueError: zzzz",
    ),
    "changes_folder": (
        """import os

    def work(x, weight):
        os.chdir("/")
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "first call: changes the current folder (",
    ),
    "installs_handler": (
        """import signal

    def work(x, weight):
        signal.signal(signal.SIGTERM, lambda *_: None)
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "first call: changes the handler of a signal (SIGTERM), for all code of the process",
    ),
    "interrupts": (
        """def work(x, weight):
        raise KeyboardInterrupt

    return work""",
        "rejected",
        "exception",
        "KeyboardInterrupt",
    ),
    "kills_group": (
        "import os\n    return lambda x, weight: os.killpg(0, 9)",
        "failed",
        "out-of-memory",
        "proof of kills-group on run, candidate, first call: killed, probably out of memory",
    ),
    "returns_generator": (
        """def work(x, weight):
        yield mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "TypeError",
    ),
    "returns_unequal": (
        """import numpy as np

    class Unequal(np.ndarray):
        def __eq__(self, other):
            raise RuntimeError("not for you")

    return lambda x, weight: mix(x, weight).view(Unequal)""",
        "rejected",
        None,
        "a different type at type(output)",
    ),
    "leaves_busy_thread": (
        """import threading

    def spin():
        while True:
            pass

    started = []

    def work(x, weight):
        if not started:
            started.append(threading.Thread(target=spin, daemon=True))
            started[0].start()
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        ": keeps running after its calls return",
    ),
    "forks_itself": (
        """import os

    forked = []

    def work(x, weight):
        if not forked:
            forked.append(os.fork())
        return mix(x, weight)

    return work""",
        "rejected",
        "exception",
        "forks, and the child comes back from the call too; end it within the call, with os._exit",
    ),
}

# what is odd, and right all the same
ODD = {
    "prints": """import os
    import sys

    def work(x, weight):
        print("planted noise" * 1000)
        print("planted noise", file=sys.stderr)
        os.write(1, b"planted noise")
        return mix(x, weight)

    return work""",
    "leaves_child": """import os
    import time

    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
    return lambda x, weight: mix(x, weight)""",
    "leaves_idle_thread": """import threading
    import time

    threading.Thread(target=time.sleep, args=(600,)).start()
    return lambda x, weight: mix(x, weight)""",
}


def make(body: str) -> tuple[str, str]:
    return "mix", f"def make() -> Any:\n    {body}\n"


@pytest.fixture(scope="module")
def measured(perfkit_processes: Any, write_catalog: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One run over everything above and one honest recipe."""
    bodies = {**{name: case[0] for name, case in HOSTILE.items()}, **ODD}
    root = tmp_path_factory.mktemp("hostile")
    catalog = write_catalog(root / "catalog", "plain_cube", **{name: make(body) for name, body in bodies.items()})
    words = ("--quick", "--processes", "2", "--budget", "0.5s", "--timeout", "4s", "--seed", "1", "--json", "-")
    run = perfkit_processes("compare", "toy", "--all", "--catalog", catalog, *words, cwd=root, libraries=True)
    assert "Traceback" not in run.stderr, run.stderr
    return {"run": run, "document": run.json, "folder": root}


def rows_of(measured: dict[str, Any], name: str) -> list[dict[str, Any]]:
    full_id = f"toy/{name.replace('_', '-')}"
    return [r for r in measured["document"]["results"] if r["recipes"] == [full_id]]


@pytest.mark.parametrize("name", HOSTILE)
def test_harm_is_named(measured: dict[str, Any], name: str) -> None:
    _, verdict, reason, says = HOSTILE[name]

    rows = rows_of(measured, name)
    assert {r["kind"] for r in rows} == {"micro", "macro"}
    for row in rows:
        assert (row["verdict"], row["reason"], row["speedup"]) == (verdict, reason, None)
        assert says in row["note"]
        assert len(row["note"]) < 3000


@pytest.mark.parametrize("name", [*ODD, "plain_cube"])
def test_the_others_are_proven_and_measured(measured: dict[str, Any], name: str) -> None:
    rows = rows_of(measured, name)
    assert {r["kind"] for r in rows} == {"micro", "macro"}
    for row in rows:
        assert row["proof"]["passed"]
        assert row["speedup"] is not None


def test_the_run_ends_with_5_and_says_nothing_of_its_own(measured: dict[str, Any]) -> None:
    run = measured["run"]

    assert run.rc == 5
    assert measured["document"]["status"] in ("complete", "budget")
    assert "planted noise" not in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_processes_left_running_are_named_and_ended(measured: dict[str, Any]) -> None:
    warnings = measured["document"]["warnings"]

    assert any(w.startswith("leaves-child leaves ") and "running; perfkit ends them" in w for w in warnings)
    left = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(measured["folder"]):
                left.append(process)
        except psutil.Error:
            continue
    assert not left


def test_nothing_is_written_where_the_user_stands(measured: dict[str, Any]) -> None:
    assert sorted(p.name for p in measured["folder"].iterdir()) == ["catalog"]


DIES_AT = """
def make() -> Any:
    import os

    from perfkit.protocol.breadcrumb import here

    arrived = False

    def work(x: Any, weight: Any) -> Any:
        nonlocal arrived
        if here()[1] == "round 0" and not arrived:  # while it is measured, or tried on its own
            arrived = True
            with open({path!r}, "a") as file:
                file.write(".")
            if os.path.getsize({path!r}) in {deaths}:
                os.kill(os.getpid(), 9)
        return mix(x, weight)

    return work
"""
DYING = ("--quick", "--processes", "3", "--budget", "0.3s", "--seed", "1", "--json", "-")


def test_a_death_that_does_not_come_again_is_a_warning(perfkit_processes: Any, toy_catalog: Any, tmp_path: Any) -> None:
    catalog = toy_catalog(once=("mix", DIES_AT.format(path=str(tmp_path / "arrivals"), deaths=(1,))))

    run = perfkit_processes("compare", "--catalog", catalog, "--recipe", "once", *DYING)

    assert run.rc == 0
    assert all(r["speedup"] for r in run.json["results"])
    (warning,) = [w for w in run.json["warnings"] if "killed" in w]
    assert "candidate-1, " in warning
    assert "it did not happen again on its own" in warning


def test_a_candidate_whose_process_dies_twice_is_to_blame(
    perfkit_processes: Any, toy_catalog: Any, tmp_path: Any
) -> None:
    catalog = toy_catalog(twice=("mix", DIES_AT.format(path=str(tmp_path / "arrivals"), deaths=(1, 3))))

    run = perfkit_processes("compare", "--catalog", catalog, "--recipe", "twice", *DYING)

    assert run.rc == 5
    for row in run.json["results"]:
        assert (row["verdict"], row["reason"]) == ("failed", "out-of-memory")
        assert "(and before in another process)" in row["note"]
