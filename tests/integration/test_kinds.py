"""Kinds of wrong code, each refused or named for what it is; and right code of the same kinds, which is neither.

`tests/kinds` is a catalogue. A recipe there that is wrong says in `CAUGHT` what its refusal must speak of; one that is
right on the inputs of its target, and otherwise elsewhere, says in `FINDING` what must stand beside its verdict.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Run

pytestmark = pytest.mark.slow

KINDS = Path(__file__).resolve().parents[1] / "kinds"
ALL = os.environ.get("PERFKIT_KINDS") == "all"
TWIST: dict[str, int] = {} if ALL else {"rounds": 3, "sample_ns": 25_000}  # no test here looks at how fast it is
QUICK = ("--quick", "--budget", "0.3s", "--processes", 5 if ALL else 2, "--seed", "1", "--json", "-")


def literal(path: Path, name: str) -> str | None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == name:
            return str(ast.literal_eval(node.value))
    return None


def some(paths: list[Path]) -> list[Path]:
    """Every fourteenth in an ordinary run, which is what it has time for; all of them in `make long`."""
    return paths[:: 1 if ALL else 14]


EVERY = sorted((KINDS / "recipes").glob("*/*.py"))
ENDLESS = KINDS / "recipes" / "promised" / "never_resolved.py"  # nothing can stop a call in the same process
SPEAKING = {p for p in EVERY if literal(p, "CAUGHT") or literal(p, "FINDING") or p == ENDLESS}
PUT_BACK = KINDS / "recipes" / "noise" / "put_back.py"  # its numbers are right, and those after it are not
WRONG = [*dict.fromkeys([*some([p for p in EVERY if literal(p, "CAUGHT") and p != ENDLESS]), PUT_BACK])]
ELSEWHERE = some([p for p in EVERY if literal(p, "FINDING")])
DRAWS = KINDS / "recipes" / "noise" / "comprehension.py"  # as its recorded calls are, while others are recorded
ONLY_READ = KINDS / "recipes" / "window" / "lru.py"  # on a workload that is nothing but the seam
HONEST = [*dict.fromkeys([*some([p for p in EVERY if p not in SPEAKING]), DRAWS, ONLY_READ])]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}".replace("_", "-")


def catalog_of(path: Path, tmp_path: Path) -> Path:
    """A catalogue of one recipe and its target: every worker reads all of it."""
    root, kind = tmp_path / "kinds", path.parent.name
    for folder in ("sample_targets", "recipes"):
        (root / folder / kind).mkdir(parents=True)
    shutil.copy(path, root / "recipes" / kind)
    shutil.copytree(KINDS / "sample_targets" / kind, root / "sample_targets" / kind, dirs_exist_ok=True)
    return root


@pytest.fixture
def compared(perfkit_forked: Callable[..., Run], tmp_path: Path) -> Callable[[Path], tuple[int, Any]]:
    """`compared(path)`: exit code and document of a comparison of one recipe."""

    def compare(path: Path) -> tuple[int, Any]:
        words = ("compare", "--catalog", catalog_of(path, tmp_path), "--recipe", name_of(path), *QUICK)
        counts_frozen = ALL or "gc.freeze" in path.read_text(encoding="utf-8")
        run = perfkit_forked(*words, cwd=tmp_path, counts_frozen=counts_frozen, libraries=True, **TWIST)
        assert "Traceback" not in run.stderr, run.stderr
        return run.rc, run.json

    return compare


def said_of(run: Any) -> str:
    """All that the run says about its recipe."""
    rows = [text for row in run["results"] for text in (row["note"], row["proof"]["detail"], *row.get("findings", ()))]
    return "\n".join([*rows, *run["warnings"]])


@pytest.mark.parametrize("path", WRONG, ids=name_of)
def test_wrong_code_is_refused_or_named(path: Path, compared: Any) -> None:
    rc, run = compared(path)
    caught = literal(path, "CAUGHT") or ""

    assert re.search(caught, said_of(run), re.I | re.S), said_of(run)
    assert rc == 5 or any(re.search(caught, warning, re.I | re.S) for warning in run["warnings"])


def test_a_result_that_never_comes_ends_by_the_timeout(perfkit_processes: Any, tmp_path: Path) -> None:
    catalog = catalog_of(ENDLESS, tmp_path)
    run = perfkit_processes("compare", "--catalog", catalog, "--recipe", name_of(ENDLESS), "--timeout", "1.5s", *QUICK)

    assert run.rc == 5
    assert {row["verdict"] for row in run.json["results"]} == {"failed"}
    assert "no answer within 1.5 s" in said_of(run.json)


@pytest.mark.parametrize("path", ELSEWHERE, ids=name_of)
def test_what_differs_elsewhere_stands_beside_the_verdict(path: Path, compared: Any) -> None:
    rc, run = compared(path)

    assert rc == 0, said_of(run)
    assert re.search(literal(path, "FINDING") or "", said_of(run), re.I | re.S), said_of(run)


@pytest.mark.parametrize("path", HONEST, ids=name_of)
def test_right_code_is_neither_refused_nor_named(path: Path, compared: Any) -> None:
    rc, run = compared(path)

    assert rc == 0, said_of(run)
    assert {row["verdict"] for row in run["results"]} <= {"faster", "slower", "equivalent", "undecided", "unavailable"}
    assert all(row["proof"]["passed"] for row in run["results"] if row["speedup"])
    # of nothing, or of a NaN, right code may well make something else than its baseline: that stands beside the verdict
    assert all(found.startswith("for ") for row in run["results"] for found in row.get("findings", ())), said_of(run)
    assert not [w for w in run["warnings"] if path.stem.replace("_", "-") in w], said_of(run)
