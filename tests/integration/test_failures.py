"""Code that hangs, is killed, or spoils its neighbours: each is one row, and nothing else is lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.tries import thrice

pytestmark = pytest.mark.slow

QUICK = ("--quick", "--budget", "0.5s", "--seed", "1", "--json", "-")
ONE = ("--processes", "1", "--budget", "0.1s", "--seed", "1", "--json", "-")

EXITS = "def make() -> Any:\n    import sys\n    return lambda x, weight: sys.exit(3)\n"
DIES_LATE = """
def make() -> Any:
    import os

    from perfkit.protocol.breadcrumb import here

    return lambda x, weight: os.abort() if here()[1] == "round 0" else mix(x, weight)
"""


def test_an_exit_of_the_interpreter_is_an_exception_of_the_recipe(perfkit_forked: Any, toy_catalog: Any) -> None:
    run = perfkit_forked("compare", "--catalog", toy_catalog(bad=("mix", EXITS)), "--recipe", "bad", *QUICK)

    assert run.rc == 5
    for row in run.json["results"]:
        assert (row["verdict"], row["reason"], row["speedup"]) == ("rejected", "exception", None)
        assert "SystemExit: 3" in row["note"]


@thrice
def test_what_dies_is_blamed_and_spoils_no_other_recipe(perfkit_processes: Any, toy_catalog: Any) -> None:
    """One dies while it is measured, one in its proof; the others are as if they were alone."""
    catalog = toy_catalog("aborts", "plain_cube", "unused", "zeros", dies_late=("mix", DIES_LATE))

    longer = [w.replace("0.5s", "60s") for w in QUICK]  # for the one that is faster
    run = perfkit_processes("compare", "toy", "--catalog", catalog, "--all", *longer, rounds=3, sample_ns=20_000)

    rows = run.json["results"]
    late = [r for r in rows if r["recipes"] == ["toy/dies-late"]]
    assert run.rc == 5
    assert [(r["verdict"], r["reason"]) for r in late] == [("failed", "SIGABRT")] * 2
    assert all("again on its own" in r["note"] for r in late)
    assert sorted((r["recipes"][0], r["verdict"]) for r in rows if r not in late) == [
        *[("toy/aborts", "failed")] * 2,
        *[("toy/plain-cube", "faster")] * 2,
        *[("toy/unused", "not-exercised")] * 2,
        *[("toy/zeros", "rejected")] * 2,
    ]


def test_a_target_that_cannot_be_imported_is_one_line(perfkit_forked: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("zeros")
    target: Path = catalog / "sample_targets" / "toy" / "target.py"
    target.write_text(target.read_text(encoding="utf-8") + '\nraise OSError("planted")\n', encoding="utf-8")

    run = perfkit_forked("compare", "--catalog", catalog, "--recipe", "zeros", "--quick")

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
    perfkit_forked: Any, toy_catalog: Any, body: str, how: list[str], rc: int
) -> None:
    catalog = toy_catalog(known=("mix", body, "rejected"))

    assert perfkit_forked("compare", "--catalog", catalog, *how, "--quick", *ONE).rc == rc


def test_strict_turns_undecided_into_6(perfkit_forked: Any, toy_catalog: Any) -> None:
    words = ("compare", "--catalog", toy_catalog("identity"), "--recipe", "identity", *ONE)

    assert perfkit_forked(*words, "--strict").rc == 6
    assert perfkit_forked(*words).rc == 0


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ('throughput=("rows", lambda shared: float("nan"))', "throughput of the workload run gave nan"),
        ('tradeoffs=lambda data, seen: {"size": (1, "2")}', "tradeoffs['size'] of the workload run gave '2'"),
        ("cost=lambda shared: 7", "cost of the workload run gave 7"),
    ],
)
def test_a_declared_number_that_is_none_ends_the_session_before_anything_is_measured(
    perfkit_forked: Any, planted: Path, tmp_path: Path, declared: str, says: str
) -> None:
    shutil.copytree(planted, tmp_path / "planted", ignore=shutil.ignore_patterns("glassbox"))
    target = tmp_path / "planted" / "sample_targets" / "toy" / "target.py"
    text = target.read_text(encoding="utf-8")
    target.write_text(text.replace("awkward=awkward,", f"awkward=awkward, {declared},"), encoding="utf-8")
    run = perfkit_forked("compare", "--catalog", tmp_path / "planted", "--recipe", "toy/identity", "--quick")

    assert run.rc == 2
    assert says in run.stderr
    assert "plan:" not in run.stderr
    assert "bug" not in run.stderr
