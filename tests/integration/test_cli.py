"""The commands that measure nothing: what they print, as text and as JSON, and what they import."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Run


def test_the_version_is_the_packages_own(perfkit_here: Any) -> None:
    from perfkit import __version__

    assert perfkit_here("--version").stdout == f"perfkit {__version__}\n"


def test_no_arguments_print_the_help(perfkit_here: Any) -> None:
    plain = perfkit_here()

    assert plain.rc == 0
    assert plain.stdout == perfkit_here("-h").stdout == perfkit_here("--help").stdout
    for command in ("bench", "compare", "list", "explain", "profile", "show", "doctor", "new"):
        assert re.search(rf"^  {command} ", plain.stdout, re.M)


@pytest.mark.parametrize("command", ["bench", "compare", "list", "explain", "profile", "show", "doctor", "new"])
def test_every_command_has_help_under_both_names(perfkit_here: Any, command: str) -> None:
    short, long = perfkit_here(command, "-h"), perfkit_here(command, "--help")

    assert (short.rc, long.rc) == (0, 0)
    assert short.stdout == long.stdout != ""


def test_list_names_targets_and_recipes(perfkit_here: Any, planted: Path) -> None:
    run = perfkit_here("list", "--catalog", planted)

    assert (run.rc, run.stderr) == (0, "")
    assert "  toy  a matrix product and a cube" in run.lines
    assert re.search(r"^  plain-cube +x \* x \* x instead of the power function", run.stdout, re.M)
    assert re.search(r"^  rope-cache +Compute the RoPE tables once", run.stdout, re.M)


def test_list_shows_only_what_is_asked_for(perfkit_here: Any) -> None:
    targets, recipes = perfkit_here("list", "targets").stdout, perfkit_here("list", "recipes").stdout

    assert "a Llama-style decoder" in targets
    assert "a Llama-style decoder" not in recipes
    assert re.search(r"^  rope-cache ", recipes, re.M)
    assert not re.search(r"^  rope-cache ", targets, re.M)


def test_list_long_adds_workloads_seams_and_claims(perfkit_here: Any) -> None:
    run = perfkit_here("list", "--long")

    assert re.search(r"workload decode-4 +one token after 128, batch 4 \(small, full, tiny\)", run.stdout)
    assert re.search(r"seam attend +causal grouped-query attention", run.stdout)
    assert 'claim "~14% of the forward pass' in run.stdout
    assert "documented; replaces rope_table; exact" in run.stdout


def test_list_json_is_one_document(perfkit_here: Any, planted: Path) -> None:
    document = perfkit_here("list", "--json", "-", "--catalog", planted).json

    assert document["format_version"] == 1
    own = {"compressor", "finite-memory", "glassbox", "spectral", "spectral-causal", "traditional"}
    assert {t["id"] for t in document["targets"]} == own | {"toy"}
    toy = next(t for t in document["targets"] if t["id"] == "toy")
    assert toy["seams"] == ["mix", "finish", "cube", "never"]
    run = {"id": "run", "summary": "24 rows", "sizes": ["small", "tiny"], "axes": ["width"]}
    assert toy["workloads"] == [{**run, "needs": {}, "unavailable": None}]
    assert (toy["needs"], document["targets"][0]["needs"]) == ({}, {"torch": "torch>=2.4"})
    cube = next(r for r in document["recipes"] if r["id"] == "plain-cube")
    assert (cube["target"], cube["status"], cube["touches"], cube["claim"]) == ("toy", "documented", ["cube"], None)
    assert cube["equivalence"]["ulp"] == 4


def test_list_json_to_a_file_prints_the_table_too(perfkit_here: Any, tmp_path: Path) -> None:
    run = perfkit_here("list", "--json", "list.json", cwd=tmp_path)

    assert run.stdout == perfkit_here("list").stdout
    assert (tmp_path / "list.json").read_text(encoding="utf-8") == perfkit_here("list", "--json", "-").stdout


def test_a_broken_recipe_is_left_out_with_its_remedy_and_the_rest_is_listed(
    perfkit_here: Any, toy_catalog: Any
) -> None:
    catalog = toy_catalog("zeros", "nan")
    (catalog / "recipes" / "toy" / "nan.py").write_text("def broken(:\n", encoding="utf-8")

    run = perfkit_here("list", "--catalog", catalog)

    assert run.rc == 0
    assert re.fullmatch(r"perfkit: skipped: \S*recipes/toy/nan\.py:1: .*\n  hint: fix the syntax .*\n", run.stderr)
    assert re.search(r"^  zeros ", run.stdout, re.M)


@pytest.mark.parametrize("name", ["rope-cache", "glassbox/rope-cache"])
def test_explain_shows_documentation_claim_and_proof(perfkit_here: Any, name: str) -> None:
    run = perfkit_here("explain", name)

    assert run.rc == 0
    assert run.lines[0] == "glassbox/rope-cache"
    for heading in ("What it does", "Why the baseline is slow", "When it loses", "Source"):
        assert heading in run.lines
    assert re.search(r"^replaces +rope_table$", run.stdout, re.M)
    assert re.search(r"^output +exact$", run.stdout, re.M)
    assert '"~14% of the forward pass in small-batch regimes" (glass-box notes,' in run.stdout


def test_explain_json_carries_the_whole_documentation(perfkit_here: Any) -> None:
    document = perfkit_here("explain", "rope-cache", "--json", "-").json

    assert document["command"] == "explain"
    assert document["recipe"]["claim"]["on"] == ["einsum-optimize", "dequant-cache", "naive-sigmoid"]
    assert "When it loses" in document["doc"]


@pytest.fixture(scope="module")
def doctor(perfkit: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Any]:
    """What it prints on a narrow terminal, and its document: it measures for seconds."""
    file = tmp_path_factory.mktemp("doctor") / "doctor.json"
    run = perfkit("doctor", "--json", file, env={"COLUMNS": "80"})
    return run, json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_doctor_measures_this_machine(doctor: tuple[Run, Any]) -> None:
    run, document = doctor
    checks = {c["name"]: c for c in document["checks"]}

    assert run.rc == 0
    assert {"python", "machine", "libraries", "clock", "load", "py-spy", "ptrace"} <= checks.keys()
    assert all(c["status"] in ("ok", "note", "warn") for c in checks.values())
    cost = r"up to [\d.,]+x the time \(\w+ float(32|64)\)"
    assert re.fullmatch(f"as inputs {cost}, as results {cost}", checks["subnormals"]["value"])
    assert checks["flush to zero"]["status"] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("asked", [False, True])
def test_doctor_imports_torch_only_where_that_is_asked_for(asked: bool) -> None:
    code = (
        "import sys, perfkit.machine.doctor as doctor; doctor._limits = doctor._denormals = lambda: iter(())\n"
        f"found = [*doctor.examine(with_torch={asked})]; print('torch' in sys.modules, found[-1].value)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.startswith(f"{asked} off, with numpy")
    assert ("torch: perfkit doctor -v" in done.stdout) is not asked


@pytest.mark.slow
def test_doctor_fits_on_one_screen_the_worst_first_and_ends_with_what_it_means(doctor: tuple[Run, Any]) -> None:
    run, _ = doctor
    order = [("warn", "note", "ok").index(word) for word in re.findall(r"^(warn|note|ok) ", run.stdout, re.M)]

    assert len(run.lines) <= 24
    assert max(map(len, run.lines)) <= 80
    assert order == sorted(order)
    assert len(order) >= 10
    assert re.match(r"(this machine is fit for measuring|fix before measuring: .*)  \d+ more figures: ", run.lines[-1])


def imported(environment: dict[str, str], *words: str) -> set[str]:
    """The top-level modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "perfkit", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in found  # the list is that of the command
    return found


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["compare", "--help"], ["new", "recipe", "--help"], ["list"], ["list", "--json", "-"]],
    ids=" ".join,
)
def test_what_needs_no_numbers_imports_no_numerical_library(environment: dict[str, str], words: list[str]) -> None:
    assert not imported(environment, *words) & {"numpy", "scipy", "torch"}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["list", "--json", "-"]], ids=" ".join)
def test_what_draws_no_table_does_not_import_rich(environment: dict[str, str], words: list[str]) -> None:
    assert "rich" not in imported(environment, *words)


def test_no_command_imports_a_recipe_or_target_to_list_it(perfkit_here: Any, toy_catalog: Any, tmp_path: Path) -> None:
    catalog, trace = toy_catalog("zeros"), tmp_path / "imported"
    for path in (catalog / "recipes/toy/zeros.py", catalog / "sample_targets/toy/target.py"):
        line = f"\nimport pathlib\npathlib.Path({str(trace)!r}).touch()\n"
        path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")

    for words in (["list", "--long"], ["explain", "zeros"]):
        assert perfkit_here(*words, "--catalog", catalog).rc == 0

    assert not trace.exists()
