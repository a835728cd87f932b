"""The reports as a person reads them, against golden files: `GOLDEN=write pytest …` writes those anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.report.compare import CompareReport, cells_of, styled
from perfkit.report.document import document_from_json, to_json
from perfkit.report.markdown import compare_markdown
from perfkit.result import VERDICTS, Document, Result, Speedup
from perfkit.stats.deciding_interval import deciding
from tests.integration.conftest import altered

Golden = Callable[[str, str], None]
Draw = Callable[[Any, int], str]
WIDTHS = [80, 100, 140]


def _suggested(drawn: str) -> str:
    """The line that suggests a command."""
    return next(line for line in drawn.splitlines() if line.startswith("next "))


@pytest.mark.parametrize("width", WIDTHS)
def test_compare_with_every_verdict(golden: Golden, draw: Draw, invented: Any, width: int) -> None:
    s = invented

    golden(f"compare-{width}.txt", draw(CompareReport(s.full, s.summaries), width))


def test_the_document_of_that_table_has_every_verdict(invented: Any) -> None:
    assert {r.verdict for r in invented.full.results} == {*VERDICTS} - {"measured"}  # which only `bench` gives


@pytest.mark.parametrize("width", WIDTHS)
def test_compare_of_one_recipe(golden: Golden, draw: Draw, invented: Any, width: int) -> None:
    s = invented

    golden(f"compare-one-{width}.txt", draw(CompareReport(s.one, s.summaries), width))


@pytest.mark.parametrize("width", WIDTHS)
def test_every_row_says_its_verdict_at_every_width(draw: Draw, invented: Any, width: int) -> None:
    s = invented
    drawn = draw(CompareReport(s.full, s.summaries), width)
    rows = [line for line in drawn.splitlines() if line.startswith(("micro  ", "macro  "))]
    beside = {r.recipes for r in s.full.results if r.verdict != "unavailable"}  # a note says why one was not measured
    shown = [r for r in s.full.results if r.verdict != "unavailable" or r.recipes not in beside]

    assert len(rows) == len(shown) < len(s.full.results)
    for line, result in zip(rows, shown, strict=True):
        assert result.verdict in line.lower(), line


@pytest.mark.parametrize("verdict", ["rejected", "failed", "undecided"])
def test_the_next_step_is_about_the_recipe_that_needs_one(draw: Draw, invented: Any, verdict: str) -> None:
    faster = next(r for r in invented.full.results if r.verdict == "faster" and r.cell.kind == "macro")
    open_ = replace(faster, verdict=verdict, recipes=("model/open-question",), speedup=None)
    document = replace(invented.full, results=(faster, open_))

    last = _suggested(draw(CompareReport(document, {}), 100))

    assert last.startswith("next ")
    assert "open-question" in last


@pytest.mark.parametrize("command", ["perfkit compare 'open", "", "rm -rf /", "perfkit compare \\"])
def test_a_command_that_is_none_of_ours_is_not_suggested(draw: Draw, invented: Any, command: str) -> None:
    open_ = altered(invented.one.results[3], target="it's; rm", recipes=("model/a b",))
    document = replace(invented.one, results=(open_,), command=command)

    last = _suggested(draw(CompareReport(document, {}), 140))

    command_line = """perfkit compare 'it'"'"'s; rm' --recipe 'a b' --budget 40s"""
    assert last == f"next   {command_line}  # about halves the interval"


def test_an_outcome_that_needs_a_reason_has_one_in_the_table_and_in_markdown(draw: Draw, invented: Any) -> None:
    stacked = invented.one.results[2]
    doubted = replace(stacked.claim, outcome="undecided", why="what it replaces explains at most 1.08x")
    document = replace(invented.one, results=(replace(stacked, claim=doubted),))

    table = draw(CompareReport(document, {}), 140)
    assert "of the time here: undecided: what it replaces explains at most 1.08x\n" in table
    assert "**undecided** (what it replaces explains at most 1.08x)" in compare_markdown(document)


NOISY = Speedup(point=1.1, low=1.0, high=1.21, level=0.95)


@pytest.mark.parametrize(
    ("floors", "says"),
    [
        ((0.004, 0.02), "smallest detectable effect 10.0 %"),
        ((0.004, 84.14), "smallest detectable effect 10.0 % · 1 of 2 rows too noisy or too short to detect even a"),
        ((3.0, 84.14), "finished · the run too noisy or too short to detect even a factor of 2"),
    ],
)
def test_an_effect_that_no_row_could_have_shown_is_not_put_in_percent(
    draw: Draw, invented: Any, floors: tuple[float, float], says: str
) -> None:
    rows = tuple(replace(invented.one.results[2], noise_floor=floor, speedup_99=NOISY) for floor in floors)
    drawn = draw(CompareReport(replace(invented.one, results=rows), {}), 140)

    assert says in next(line for line in drawn.splitlines() if line.startswith("limit"))
    assert "8414" not in drawn.partition("limit")[2]


def test_rows_that_name_no_recipe_are_drawn(draw: Draw, invented: Any) -> None:
    nameless = tuple(replace(r, recipes=()) for r in invented.full.results)

    assert "next " not in draw(CompareReport(replace(invented.full, results=nameless), {}), 100)

    first = (replace(invented.full.results[4], recipes=()), invented.one.results[0])
    assert first[0].verdict == "rejected"
    assert _suggested(draw(CompareReport(replace(invented.full, results=first), {}), 100))


def test_compare_cut_short_before_anything(golden: Golden, draw: Draw, invented: Any) -> None:
    document = replace(invented.one, results=(), samples=(), status="interrupted")

    golden("compare-interrupted.txt", draw(CompareReport(document, {}), 100))

    said = draw(
        CompareReport(replace(document, reached="during proofs: 19 of 20 recipes proven, none measured"), {}), 100
    )
    assert said.splitlines()[-1] == "status interrupted during proofs: 19 of 20 recipes proven, none measured"


def test_a_run_that_ended_before_its_machine_was_known_does_not_make_one_up(draw: Draw, invented: Any) -> None:
    document = replace(invented.one, results=(), samples=(), status="interrupted", environment={"threads": 1})

    assert "None" not in draw(CompareReport(document, {}), 100) + compare_markdown(document)


def test_markdown(golden: Golden, invented: Any) -> None:
    golden("compare.md", compare_markdown(invented.full) + "\n")


def test_markdown_keeps_its_columns_whatever_a_name_holds(invented: Any) -> None:
    odd = altered(invented.one.results[0], workload=r"a|b\|c", seam=None, state=None)
    text = compare_markdown(replace(invented.one, results=(odd,)))

    assert r"a\|b\\\|c" in text
    row = text.splitlines()[2].replace(r"\|", "")
    assert row.count("|") == text.splitlines()[0].count("|")


def test_a_document_survives_json(invented: Any) -> None:
    import json

    document: Document = invented.full

    assert document_from_json(json.loads(to_json(document)), "run.json") == document


def test_json_has_the_interval_that_is_printed(invented: Any) -> None:
    import json

    faster = next(r for r in invented.full.results if r.verdict == "faster")
    few = replace(faster, verdict="undecided", note="3 processes; a verdict needs 5")
    rows = json.loads(to_json(replace(invented.full, results=(faster, few))))["results"]

    printed = deciding(faster)
    assert printed is not None
    assert rows[0]["interval"] == {"point": printed.point, "low": printed.low, "high": printed.high, "level": 0.99}
    assert rows[1]["interval"] is None


def test_a_seam_never_outshines_the_workload(invented: Any) -> None:
    seam = next(r for r in invented.one.results if r.cell.kind == "micro" and r.verdict == "faster")
    whole = next(r for r in invented.one.results if r.cell.kind == "macro" and r.verdict == "faster")

    def bold(r: Result) -> list[str]:
        return [cell.plain for cell in styled(cells_of(r, "what"), r) if "bold" in str(cell.style)]

    assert bold(seam) == []
    assert bold(whole) == ["1.155x (1.149–1.161)", "faster"]


def test_json_refuses_what_json_cannot_say(invented: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"checks": [float("nan")]})


@pytest.mark.parametrize("width", [80, 100, 140])
def test_golden_tables_fit_their_width(repository: Path, width: int) -> None:
    from rich.cells import cell_len

    files = sorted((repository / "tests" / "golden").glob(f"*-{width}.txt"))
    assert files
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if cell_len(line) > width or line != line.rstrip()] == [], file.name


def test_the_worst_warning_has_one_line_and_the_rest_is_behind_an_option(draw: Draw, invented: Any) -> None:
    stacked = replace(invented.one.results[2], group="macro / forward / small")
    warnings = (f"{stacked.group}: the work itself has nonfinite numbers", "other programs ran", "the clock is coarse")
    document = replace(invented.one, warnings=warnings, results=(stacked,))

    said = [line for line in draw(CompareReport(document, {}), 140).splitlines() if line.startswith("warn ")]
    assert said == ["warn   other programs ran (and 2 more: -v)"]
    every = draw(CompareReport(document, {}, verbose=True), 140)
    assert "warn   the clock is coarse\n" in every
    assert "warn   forward with plan-first: the work itself has nonfinite numbers\n" in every  # by design, so last
    assert every.index("coarse") < every.index("nonfinite")
