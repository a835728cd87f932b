"""Code that hangs, is killed, or spoils its neighbours: each is one row, and nothing else is lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

QUICK = ("--quick", "--budget", "0.5s", "--seed", "1", "--json", "-")

HANGS = "def make() -> Any:\n    import time\n    return lambda x, weight: time.sleep(600)\n"
KILLED = "def make() -> Any:\n    import os\n    return lambda x, weight: os.kill(os.getpid(), 9)\n"
LEAVES = "def make() -> Any:\n    import os\n    return lambda x, weight: os._exit(3)\n"
EXITS = "def make() -> Any:\n    import sys\n    return lambda x, weight: sys.exit(3)\n"
DIES_LATE = """
def make() -> Any:
    import gc
    import os

    calls = 0

    def late(x: Any, weight: Any) -> Any:
        nonlocal calls
        calls += 1
        # a proof calls as often; the collector is off in the processes that measure
        return mix(x, weight) if calls < 300 or gc.isenabled() else os.abort()

    return late
"""
NOISY = """
def make() -> Any:
    def noisy(x: Any, weight: Any) -> Any:
        print("planted noise" * 1000)
        return mix(x, weight)

    return noisy
"""


@pytest.mark.parametrize(
    ("body", "verdict", "reason", "says"),
    [
        pytest.param(HANGS, "failed", "timeout", "no answer within 2 s", id="hangs"),
        pytest.param(KILLED, "failed", "out-of-memory", "probably out of memory", id="killed"),
        pytest.param(LEAVES, "failed", "exit", "ended itself with status 3", id="leaves"),
        pytest.param(EXITS, "rejected", "exception", "SystemExit: 3", id="exits"),
    ],
)
def test_how_a_recipe_fails_is_named(
    perfkit: Any, toy_catalog: Any, body: str, verdict: str, reason: str, says: str
) -> None:
    catalog = toy_catalog(bad=("mix", body))

    run = perfkit("compare", "--catalog", catalog, "--recipe", "bad", "--timeout", "2s", *QUICK)

    assert run.rc == 5
    for row in run.json["results"]:
        assert (row["verdict"], row["reason"], row["speedup"]) == (verdict, reason, None)
        assert says in row["note"]


def test_a_recipe_that_dies_while_measured_is_blamed_and_its_neighbour_is_measured(
    perfkit: Any, toy_catalog: Any
) -> None:
    catalog = toy_catalog("plain_cube", dies_late=("mix", DIES_LATE))

    longer = [w.replace("0.5s", "3s") for w in QUICK]  # so that every process gets to the call
    run = perfkit("compare", "toy", "--catalog", catalog, "--all", *longer)

    rows = run.json["results"]
    late = [r for r in rows if r["recipes"] == ["toy/dies-late"]]
    honest = [r for r in rows if r["recipes"] == ["toy/plain-cube"]]
    assert run.rc == 5
    assert [(r["verdict"], r["reason"]) for r in late] == [("failed", "SIGABRT")] * 2
    assert all("again on its own" in r["note"] for r in late)
    assert [r["verdict"] for r in honest] == ["faster"] * 2


def test_one_crash_in_the_counting_pass_spoils_no_other_recipe(perfkit: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("aborts", "plain_cube", "unused", "zeros")

    run = perfkit("compare", "toy", "--catalog", catalog, "--all", *QUICK)

    verdicts = {r["recipes"][0]: r["verdict"] for r in run.json["results"]}
    assert run.rc == 5
    assert verdicts == {
        "toy/aborts": "failed",
        "toy/plain-cube": "faster",
        "toy/unused": "not-exercised",
        "toy/zeros": "rejected",
    }


def test_what_the_measured_code_prints_reaches_neither_stdout_nor_stderr(perfkit: Any, toy_catalog: Any) -> None:
    run = perfkit("compare", "--catalog", toy_catalog(noisy=("mix", NOISY)), "--recipe", "noisy", *QUICK)

    assert run.rc == 0
    assert all(r["proof"]["passed"] for r in run.json["results"])
    assert "planted noise" not in run.stdout + run.stderr


def test_a_target_that_cannot_be_imported_is_one_line(perfkit: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("zeros")
    target: Path = catalog / "sample_targets" / "toy" / "target.py"
    target.write_text(target.read_text(encoding="utf-8") + '\nraise OSError("planted")\n', encoding="utf-8")

    run = perfkit("compare", "--catalog", catalog, "--recipe", "zeros", "--quick")

    assert run.rc == 5
    assert "importing target toy: OSError: planted" in run.stderr
    assert "Traceback" not in run.stderr


ZEROS = "def make() -> Any:\n    return lambda x, weight: mix(x, weight) * 0\n"
HONEST = "def make() -> Any:\n    return lambda x, weight: x @ weight\n"


@pytest.mark.parametrize(
    ("body", "how", "rc"),
    [
        pytest.param(ZEROS, ["--recipe", "known"], 5, id="named and wrong"),
        pytest.param(ZEROS, ["toy", "--all"], 0, id="known to be wrong, among all"),
        pytest.param(HONEST, ["toy", "--all"], 5, id="known to be wrong, and passes"),
    ],
)
def test_a_recipe_of_status_rejected_must_be_caught(
    perfkit: Any, toy_catalog: Any, body: str, how: list[str], rc: int
) -> None:
    catalog = toy_catalog(known=("mix", body, "rejected"))

    assert perfkit("compare", "--catalog", catalog, *how, *QUICK).rc == rc


def test_strict_turns_undecided_into_6(perfkit: Any, toy_catalog: Any) -> None:
    words = ("compare", "--catalog", toy_catalog("identity"), "--recipe", "identity", "--processes", "1", *QUICK)

    assert perfkit(*words, "--strict").rc == 6
    assert perfkit(*words).rc == 0


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ('throughput=("rows", lambda shared: float("nan"))', "throughput of the workload run gave nan"),
        ('tradeoffs=lambda data, seen: {"size": (1, "2")}', "tradeoffs['size'] of the workload run gave '2'"),
        ("cost=lambda shared: 7", "cost of the workload run gave 7"),
    ],
)
def test_a_declared_number_that_is_none_ends_the_session_before_anything_is_measured(
    perfkit: Any, planted: Path, tmp_path: Path, declared: str, says: str
) -> None:
    shutil.copytree(planted, tmp_path / "planted", ignore=shutil.ignore_patterns("glassbox"))
    target = tmp_path / "planted" / "sample_targets" / "toy" / "target.py"
    text = target.read_text(encoding="utf-8")
    target.write_text(text.replace("awkward=awkward,", f"awkward=awkward, {declared},"), encoding="utf-8")
    run = perfkit("compare", "--catalog", tmp_path / "planted", "--recipe", "toy/identity", "--quick")

    assert run.rc == 2
    assert says in run.stderr
    assert "plan:" not in run.stderr
    assert "bug" not in run.stderr
