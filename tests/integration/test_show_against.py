"""`perfkit show NEW --against OLD`: the table, the document, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from perfkit.comparison.against import against
from perfkit.report.against import AgainstReport
from perfkit.report.document import to_json, write_text
from perfkit.report.schema import schema
from perfkit.result import Document, Result, Speedup
from tests.integration.conftest import altered

Golden = Callable[[str, str], None]
Draw = Callable[[Any, int], str]
SCHEMA = schema()
WHOLE = {
    "memory_bytes": 16 << 30,
    "system": "Linux 6.1",
    "machine": "x86_64",
    "virtual": "no sign of one",
    "implementation": "cpython",
    "torch": None,
}


def changed(r: Result, factor: float) -> Result:
    """The row with another speed-up, its interval as narrow as it was; the candidate's time goes with it."""
    if r.speedup is None or r.candidate_ns is None:
        return r
    s = r.speedup
    moved = Speedup(point=s.point * factor, low=s.low * factor, high=s.high * factor, level=s.level)
    return replace(r, speedup=moved, candidate_ns=r.candidate_ns / factor)


@pytest.fixture
def then(invented: Any) -> Document:
    """A run with a row of every verdict."""
    full: Document = invented.full
    return replace(full, environment={**full.environment, **WHOLE})


@pytest.fixture
def now(then: Document) -> Document:
    """The same elsewhere: one row gives more, one less, one is wrong now, one is well again; two come and go."""
    cold, warm, stacked, bare, *others = then.results
    wrong, *rest = others
    results = (
        cold,
        changed(warm, 1.2),
        changed(stacked, 0.95),
        replace(bare, verdict="rejected", speedup=None, speedup_99=None, baseline_ns=None, candidate_ns=None),
        altered(warm, recipes=wrong.recipes, on=(), seam=wrong.cell.seam, state=None),
        *rest[1:],
        replace(stacked, recipes=("model/newcomer",)),
    )
    environment = {**then.environment, "threads": 4, "numpy": "2.5.0", "torch": "2.9.0", "memory_bytes": 32 << 30}
    timing = {"measuring_s": 30.5, "total_s": 400.0}
    return replace(
        then, results=results, environment=environment, perfkit="0.1.0", seed=7, status="interrupted", timing=timing
    )


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_of_two_runs(
    golden: Golden, draw: Draw, invented: Any, now: Document, then: Document, width: int
) -> None:
    golden(f"against-{width}.txt", draw(AgainstReport(against(now, then), invented.summaries), width))


@pytest.mark.parametrize("width", [80, 100])
def test_times_are_shown_where_nothing_differs(
    golden: Golden, draw: Draw, now: Document, then: Document, width: int
) -> None:
    here = replace(now, environment=then.environment, perfkit=then.perfkit, results=now.results[:4])

    golden(f"against-here-{width}.txt", draw(AgainstReport(against(here, then), {}), width))


def test_a_table_of_different_machines_prints_no_absolute_time(draw: Draw, now: Document, then: Document) -> None:
    drawn = draw(AgainstReport(against(now, then), {}), 140)

    rows = [line for line in drawn.splitlines() if line.startswith(("micro", "macro", "  "))]
    assert rows
    assert not any(f" {unit}" in row for row in rows for unit in ("ns", "µs", "ms"))


def test_the_document_is_what_the_schema_says(perfkit_here: Any, tmp_path: Path, now: Document, then: Document) -> None:
    write_text(to_json(now), tmp_path / "new.json")
    write_text(to_json(then), tmp_path / "old.json")
    run = perfkit_here("show", "new.json", "--against", "old.json", "--json", "-")
    document = run.json

    assert (run.rc, run.stderr) == (0, "")
    checker = jsonschema.Draft202012Validator({"$ref": "#/$defs/against", "$defs": SCHEMA["$defs"]})
    checker.validate(document)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert [d["name"] for d in document["differences"]] == ["memory", "threads", "numpy", "torch", "perfkit"]
    assert [p["change"] for p in document["pairs"]][:5] == ["same", "more", "less", "verdict", "verdict"]
    assert not document["times_comparable"]
    assert {p[side]["baseline_ns"] for p in document["pairs"] for side in ("then", "now")} == {None}
    assert document["pairs"][3]["now"] == {
        "verdict": "rejected", "speedup": None, "baseline_ns": None, "candidate_ns": None,
    }  # fmt: skip
    assert [r["recipes"] for r in document["only_now"]] == [["model/newcomer"]]

    for place, wrong in (("pairs", []), ("times_comparable", None), ("differences", [{"name": "cpu"}])):
        assert not checker.is_valid({**document, place: wrong})


def test_the_document_has_times_where_they_may_be_compared(perfkit_here: Any, tmp_path: Path, then: Document) -> None:
    write_text(to_json(then), tmp_path / "run.json")
    document = perfkit_here("show", "run.json", "--against", "run.json", "--json", "-").json

    assert document["times_comparable"]
    assert not document["differences"]
    assert document["pairs"][0]["then"]["baseline_ns"] == then.results[0].baseline_ns


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("another target", "the new run is of other, the old one of model"),
        ("nothing in common", "the two runs have no row in common"),
        ("no environment", "the new run does not say what machine it ran on"),
        ("damaged", "new.json is damaged"),
        ("missing", "cannot read new.json: No such file"),
    ],
)
def test_what_cannot_be_held_against_it_is_refused_in_one_line(
    perfkit_here: Any, tmp_path: Path, then: Document, how: str, says: str
) -> None:
    rows = then.results
    new = {
        "another target": replace(then, results=tuple(altered(r, target="other") for r in rows)),
        "nothing in common": replace(then, results=tuple(altered(r, size="large") for r in rows)),
        "no environment": replace(then, environment={"threads": 1}),
        "damaged": replace(then, results=(replace(rows[0], margin=-1.0),)),
    }
    if how in new:
        write_text(to_json(new[how]), tmp_path / "new.json")
    write_text(to_json(then), tmp_path / "old.json")

    run = perfkit_here("show", "new.json", "--against", "old.json")

    assert (run.rc, run.stdout) == (2, "")
    assert run.stderr.startswith("perfkit: ")
    assert says in run.stderr
    assert len([line for line in run.stderr.splitlines() if not line.startswith("  hint: ")]) == 1


def test_one_of_the_two_may_come_from_standard_input(perfkit_here: Any, tmp_path: Path, then: Document) -> None:
    write_text(to_json(then), tmp_path / "run.json")

    assert perfkit_here("show", "-", "--against", "run.json", stdin=to_json(then)).rc == 0
    assert perfkit_here("show", "run.json", "--against", "-", stdin=to_json(then)).rc == 0
    both = perfkit_here("show", "-", "--against", "-", stdin=to_json(then))
    assert both.rc == 2
    assert "only one of the two" in both.stderr


def test_values_that_no_worker_gives_are_drawn_as_they_stand(draw: Draw, now: Document, then: Document) -> None:
    odd: dict[str, object] = {"memory_bytes": "much", "threads": [1, {"a": None}], "cores": math.pi, "cpu": True}
    drawn = draw(AgainstReport(against(replace(now, environment={**now.environment, **odd}), then), {}), 140)

    assert "memory: 16 GiB → much" in drawn
    assert "threads: 1 → [1, {'a': None}]" in drawn
