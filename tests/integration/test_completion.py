"""What a shell offers: names of the catalogue; nothing is run, and nothing else is printed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

OFFERED = [
    ("perfkit co", {"compare"}),
    ("perfkit compare gla", {"glassbox"}),
    ("perfkit compare rope", {"rope-cache"}),
    ("perfkit compare glassbox rope", {"rope-cache"}),
    ("perfkit compare rope-cache naive", {"naive-sigmoid"}),
    ("perfkit compare rope-cache kv", set()),  # of another target
    ("perfkit compare rope-cache rope-c", set()),  # it stands there already
    ("perfkit compare rope-cache --workload dec", {"decode", "decode-4"}),
    ("perfkit compare glassbox --recipe naive", {"naive-sigmoid"}),
    ("perfkit profile glassbox --size ti", {"tiny"}),
    ("perfkit profile --with pyspy,c", {"pyspy,cprofile"}),
    ("perfkit compare --qui", {"--quick"}),
    ("perfkit explain glassbox/si", {"glassbox/sigmoid"}),
    ("perfkit explain glassbox/forward-s", {"glassbox/forward-small"}),
    ("perfkit explain glassbo", {"glassbox"}),
    ("perfkit list re", {"recipes"}),
    ("perfkit list glass", {"glassbox"}),
    ("perfkit new recipe glassbox idea --seam rope", {"rope_table"}),
    ("perfkit profile script.py rope", set()),  # a word of its own
    ("perfkit profile script.py --top rope", set()),  # which perfkit refuses there
    ("perfkit no-command wor", set()),
    ("perfkit compare --catalog /nowhere gla", set()),
]


def offered(perfkit_here: Any, line: str, shell: str = "bash") -> Any:
    words = line.split(" ")
    env = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_PERFKIT_COMPLETE": f"complete_{shell}"}
    return perfkit_here(env=env)


@pytest.mark.parametrize(("line", "names"), OFFERED, ids=[line for line, _ in OFFERED])
def test_a_word_is_completed_by_the_names_that_fit(perfkit_here: Any, line: str, names: set[str]) -> None:
    run = offered(perfkit_here, line)

    assert (run.rc, run.stderr) == (0, "")
    assert set(run.stdout.split()) == names


def test_nothing_of_a_catalogue_is_run_or_said(perfkit_here: Any, toy_catalog: Any, tmp_path: Path) -> None:
    catalog, trace = toy_catalog("zeros"), tmp_path / "imported"
    for path in (catalog / "recipes/toy/zeros.py", catalog / "sample_targets/toy/target.py"):
        line = f"\nimport pathlib\npathlib.Path({str(trace)!r}).touch()\n"
        path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
    (catalog / "recipes" / "toy" / "broken.py").write_text("def broken(:\n", encoding="utf-8")

    run = offered(perfkit_here, f"perfkit compare --catalog {catalog} toy z")

    assert (run.rc, run.stdout.split(), run.stderr) == (0, ["zeros"], "")
    assert not trace.exists()


def test_it_imports_neither_numbers_nor_tables(environment: dict[str, str]) -> None:
    asked = {"COMP_WORDS": "perfkit compare rope", "COMP_CWORD": "2", "_PERFKIT_COMPLETE": "complete_bash"}
    words = [sys.executable, "-X", "importtime", "-m", "perfkit"]
    done = subprocess.run(words, env={**environment, **asked}, capture_output=True, text=True)

    found = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert (done.returncode, done.stdout) == (0, "rope-cache\n")
    assert not found & {"numpy", "scipy", "torch", "rich"}


def test_it_can_be_switched_on(perfkit_here: Any) -> None:
    assert "--install-completion" in perfkit_here("--help").stdout
