"""Saved runs: drawn again as they were, and refused in one line when they are not whole."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from perfkit.comparison.against import CONDITIONS

WORDS = ("--recipe", "plain-cube", "--quick", "--budget", "60s")


@pytest.fixture(scope="module")
def session(perfkit_processes: Any, planted: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A run that was printed, saved, and written as JSON and Markdown, and the folder of the files."""
    folder = tmp_path_factory.mktemp("session")
    files = ("--save", "run.json", "--json", "also.json", "--markdown", "table.md")
    words = ("compare", "--catalog", planted, *WORDS, *files)
    return perfkit_processes(*words, cwd=folder, rounds=2, sample_ns=25_000), folder


def test_show_draws_the_table_that_was_printed(perfkit_here: Any, planted: Path, session: tuple[Any, Path]) -> None:
    run, folder = session

    assert run.rc == 0
    assert perfkit_here("show", folder / "run.json", "--catalog", planted).stdout == run.stdout


def test_show_needs_no_catalogue(perfkit_here: Any, session: tuple[Any, Path]) -> None:
    run, folder = session
    shown = perfkit_here("show", folder / "run.json")

    assert shown.rc == 0
    assert shown.lines[1:] == run.lines[1:]  # only the recipe's summary is the catalogue's
    assert shown.lines[0] == "toy / plain-cube"


def test_show_reads_standard_input_and_gives_the_document_back(perfkit_here: Any, session: tuple[Any, Path]) -> None:
    text = (session[1] / "run.json").read_text(encoding="utf-8")

    assert perfkit_here("show", "-", "--json", "-", stdin=text).stdout == text


def test_save_and_json_write_the_same_whole_file(session: tuple[Any, Path]) -> None:
    folder = session[1]

    assert (folder / "run.json").read_bytes() == (folder / "also.json").read_bytes()
    assert sorted(p.name for p in folder.iterdir()) == ["also.json", "run.json", "table.md"]
    assert stat.S_IMODE((folder / "run.json").stat().st_mode) & 0o444


def test_the_document_says_what_was_run(session: tuple[Any, Path], planted: Path) -> None:
    document = json.loads((session[1] / "run.json").read_text(encoding="utf-8"))

    assert document["format_version"] == 1
    assert document["command"].startswith(f"perfkit compare --catalog {planted} --recipe plain-cube --quick")
    assert document["status"] in ("complete", "budget")
    assert set(CONDITIONS.values()) - {"gpu"} <= document["environment"].keys()  # which stands where there is one
    assert document["environment"]["threads"] == document["environment"]["blas_threads"] == 1
    assert isinstance(document["seed"], int)


def test_markdown_is_a_table_a_pull_request_shows(perfkit_here: Any, session: tuple[Any, Path]) -> None:
    head, ruler, micro, macro, *rest = (session[1] / "table.md").read_text(encoding="utf-8").splitlines()

    columns = head.count("|")
    assert head.startswith("| recipe | measured | with | before | after | speed-up (99 %) | verdict | output |")
    assert {line.count("|") for line in (head, ruler, micro, macro)} == {columns}
    assert micro.startswith("| plain-cube | micro cube |")
    assert "| faster | in tolerance |" in micro
    assert macro.startswith("| plain-cube | macro run |")
    assert "seed" in "".join(rest)


@pytest.mark.slow
def test_markdown_to_standard_output_replaces_the_table(perfkit_inline: Any, planted: Path) -> None:
    run = perfkit_inline("compare", "--catalog", planted, "--recipe", "zeros", "--quick", "--markdown", "-")

    assert run.rc == 5
    assert run.lines[0].startswith("| recipe | measured |")
    assert "| zeros | macro run | alone | – | – | – | rejected | WRONG |" in run.lines
    assert "REJECTED" not in run.stdout


@pytest.mark.slow
def test_a_pipe_can_be_saved_to(perfkit_inline: Any, planted: Path) -> None:
    run = perfkit_inline("compare", "--catalog", planted, "--recipe", "zeros", "--quick", "--save", "/dev/null")

    assert run.rc == 5
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def broken(text: str, how: str) -> str:
    document = json.loads(text)
    if how == "cut short":
        return text[: len(text) // 2]
    if how == "newer":
        document["format_version"] = 99
    elif how == "no version":
        document["format_version"] = "1"
    elif how == "lacks a field":
        del document["seed"]
    elif how == "wrong type":
        document["results"][0]["rounds"] = "many"
    elif how == "wrong shape":
        document["samples"] = {}
    elif how == "foreign":
        document = {"benchmarks": []}
    elif how == "an impossible value":
        document["results"][0]["speedup"]["low"] = 1e9
    elif how == "not a number":
        document["results"][0]["noise_floor"] = float("nan")
    elif how == "a list":
        document = [document]
    elif how == "nested too deep":
        return "[" * 100_000
    elif how == "empty":
        return ""
    return json.dumps(document)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("cut short", "is not a complete JSON file"),
        ("empty", "is not a complete JSON file"),
        ("nested too deep", "is damaged: it is nested too deep"),
        ("newer", "has format 99; this perfkit reads up to 1"),
        ("no version", "has format '1'"),
        ("lacks a field", "is damaged: object missing required field seed"),
        ("wrong type", "is damaged: results[0].rounds cannot be 'many': expected int, got str"),
        ("wrong shape", "is damaged: samples cannot be {}: expected array, got object"),
        ("an impossible value", "is damaged: results[0].speedup cannot be ("),
        ("not a number", "is damaged: NaN is not a JSON number"),
        ("foreign", "is JSON, but not a saved run"),
        ("a list", "is JSON, but not a saved run"),
    ],
)
def test_a_file_that_is_no_whole_run_is_refused_in_one_line(
    perfkit_here: Any, session: tuple[Any, Path], tmp_path: Path, how: str, says: str
) -> None:
    text = (session[1] / "run.json").read_text(encoding="utf-8")
    (tmp_path / "bad.json").write_text(broken(text, how), encoding="utf-8")

    run = perfkit_here("show", "bad.json", cwd=tmp_path)

    assert (run.rc, run.stdout) == (2, "")
    assert run.stderr.startswith("perfkit: bad.json ")
    assert says in run.stderr
    assert len([line for line in run.stderr.splitlines() if not line.startswith("  hint: ")]) == 1


@pytest.mark.parametrize("kind", ["missing", "folder", "binary", "utf-16", "device"])
def test_a_file_that_cannot_be_read_is_refused_in_one_line(perfkit_here: Any, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bad.json"
    if kind == "folder":
        path.mkdir()
    elif kind == "binary":
        path.write_bytes(bytes(range(256)))
    elif kind == "utf-16":
        path.write_text("{}", encoding="utf-16")
    elif kind == "device":
        path = Path("/dev/zero")

    run = perfkit_here("show", path)

    assert (run.rc, run.stdout) == (2, "")
    assert run.stderr.startswith(f"perfkit: cannot read {path}: ")
