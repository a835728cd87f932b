"""Throughput, and what a recipe pays with besides time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.comparison.table_figures import Sampled, _ratios, with_figures
from perfkit.report.document import document_from_json, to_json
from perfkit.report.words import paid_words
from perfkit.result import Document, Sample
from perfkit.session.outcome import Candidate, Group, GroupOutcome
from perfkit.stats.times import Times
from tests.integration.conftest import row

DECLARED = """
            throughput=("rows", lambda shared: 24),
            tradeoffs=lambda data, seen: {"size": (seen.size, 2 * data.size)},"""
ROW = replace(row("x", "faster", (2.0, 1.9, 2.1)), baseline_ns=1e9, candidate_ns=0.5e9)


def test_both_stand_in_one_line() -> None:
    paid = replace(ROW, units=("bytes", 256.0), ratios={"compression": (1.58, 1.4876)})

    assert paid_words(paid) == "256 → 512 bytes/s · compression 1.580 → 1.488"
    assert paid_words(ROW) == ""
    assert paid_words(replace(paid, candidate_ns=None)) == "compression 1.580 → 1.488"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"c": (512.0, 256.0)}, {"c": (512.0, 128.0)}, {"c": (2.0, 4.0)}),
        ({"c": (512.0, 0.0)}, {"c": (512.0, 128.0)}, {}),
        ({"c": (512.0, 1.0)}, {}, {}),
    ],
)
def test_a_ratio_needs_both_sides(before: dict, after: dict, found: dict) -> None:  # type: ignore[type-arg]
    assert _ratios(before, after) == found


def test_a_run_saved_before_throughput_was_known_is_read() -> None:
    document = Document(
        perfkit="0", command="c", seed=1, status="complete", environment={"cpu": "x"}, results=(ROW,), samples=()
    )
    data = json.loads(to_json(document))
    for result in data["results"]:
        del result["units"], result["ratios"]

    assert document_from_json(data, "old.json") == document


@pytest.mark.slow
def test_a_measured_row_has_both(perfkit_inline: Any, toy_catalog: Any) -> None:
    """What the compressor declares of its files: tests/unit/compressor/test_codec.py."""
    catalog = toy_catalog("identity")
    target = catalog / "sample_targets" / "toy" / "target.py"
    text = target.read_text(encoding="utf-8")
    target.write_text(text.replace("awkward=awkward,", f"awkward=awkward, {DECLARED}"), encoding="utf-8")
    words = ("--recipe", "toy/identity", "--size", "tiny", "--processes", "2", "--budget", "0.1s", "--json", "-")
    run = perfkit_inline("compare", "--catalog", catalog, *words)

    (macro,) = [r for r in run.json["results"] if r["kind"] == "macro"]
    assert macro["proof"]["passed"]
    assert macro["units"] == ["rows", 24.0]
    assert macro["ratios"] == {"size": [0.5, 0.5]}  # 24 rows of 5, of twice as much


@pytest.mark.parametrize(("candidate_s", "said"), [(4.6, True), (0.15, False)])
def test_what_switching_on_takes_is_said_when_it_is_long(candidate_s: float, said: bool) -> None:
    group = Group(
        id="g", cell=Cell(target="toy", workload="run", size="small", kind="macro"),
        candidates=(Candidate(role="candidate-1", recipes=("toy/x",)),),
    )  # fmt: skip
    samples = [
        Sample(group="g", role=role, process=process, round=number, position=0, loops=1, elapsed_ns=1000 + process)
        for role in group.roles
        for process in range(5)
        for number in range(3)
    ]
    found = GroupOutcome(group=group, samples=samples)
    took_ns = {"baseline": 10_000_000, "control": 12_000_000, "candidate-1": int(candidate_s * 1e9)}
    found.ready_ns = {role: [ns] * 5 for role, ns in took_ns.items()}

    sampled = Sampled(group=found, role="candidate-1", times=Times(samples), resolution_ns=1)
    note = with_figures(ROW, sampled).note
    assert ("set-up cost: 4.59 s in a process" in note) is said
