"""What a report recognises by its words is what was written: each test goes from a writer to a reader."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfkit.cell import Cell
from perfkit.comparison import functions
from perfkit.comparison.functions import Functions, run_functions
from perfkit.comparison.planned_rows import Row, micro_rows
from perfkit.comparison.run import Comparison
from perfkit.comparison.warnings import unhealthy_numbers
from perfkit.protocol.failing import Rejection
from perfkit.protocol.opening import FromCallables
from perfkit.remarks import any_subnormal, by_design, group_of, joined
from perfkit.report.bench_words import notes
from perfkit.result import Document
from perfkit.session.blame import failure_of
from perfkit.session.outcome import Group, GroupOutcome, Outcome
from perfkit.settings import Settings, Watcher
from perfkit.stats.estimate import Estimate
from perfkit.stats.verdict import decide
from perfkit.target import Seam
from tests.integration.conftest import document, row
from tests.integration.test_bench_report import alone
from tests.messages import DIFFERENCE, rejection, seam_count

CELL = Cell(target="t", workload="w", size="small", kind="micro", seam="s")


def test_under_a_first_look_is_not_said_again_that_it_is_one_and_on_recorded_arguments() -> None:
    (planned,) = micro_rows(Row(recipes=(), cell=CELL), Seam(name="s"), seam_count(recorded="list, str"))
    estimate = Estimate(point=0.1, low=0.0, high=0.2, level=0.95, processes=3)
    note = joined(planned.note, decide(estimate, estimate, 0.01).note, "one more remark")
    few = replace(alone("s", (3.0, 2.0, 4.0)), processes=3, note=note)

    assert [said for _, said, _ in notes([few])] == ["baseline: one more remark"]


def test_numbers_of_the_work_itself_are_known_as_such_and_by_their_group() -> None:
    group = Group(id="micro / w: s", cell=CELL, candidates=())
    found = {group.id: GroupOutcome(group=group, natural={"subnormal", "decayed"})}
    (warning,) = Outcome(groups=found).natural_warnings()

    assert by_design(warning)
    assert any_subnormal([warning])
    assert group_of(warning, ["micro / w", group.id]) == (group.id, "the work itself has subnormal numbers")
    assert group_of(warning, ["w"]) == ("", warning)


def test_samples_that_went_subnormal_are_known_as_such_by_their_warning() -> None:
    flagged = document(())
    assert any_subnormal(unhealthy_numbers.analyse(flagged))
    assert not any_subnormal(unhealthy_numbers.analyse(replace(flagged, samples=())))


@pytest.mark.parametrize(
    ("failed", "raising"),
    [
        (rejection("baseline", error="ValueError", reason="exception"), [False, True]),
        (rejection("candidate-1", error="ValueError", reason="exception"), [False]),
        (rejection("baseline", error="it differs", reason="target"), [False]),
        (rejection("candidate-1", difference=DIFFERENCE), [False]),
    ],
)
def test_functions_are_compared_by_what_they_raise_where_the_baseline_does(
    monkeypatch: pytest.MonkeyPatch, failed: Rejection, raising: list[bool]
) -> None:
    failure, asked = failure_of(failed), []

    def run(comparison: Comparison) -> Document:
        assert isinstance(comparison.functions, FromCallables)
        asked.append(comparison.functions.raising)
        wrong = row("g", failure.verdict, reason=failure.reason, note=joined(failure.text, "and more"))
        return document((wrong,), status="complete")

    monkeypatch.setattr(functions, "run", run)
    named = Functions(baseline="a:f", candidates=("a:g",))
    found = run_functions(named, quick=True, settings=Settings(), command="", watcher=Watcher())

    assert asked == raising
    assert ("what is raised counts as a result" in found.warnings[0]) == (len(raising) > 1)
