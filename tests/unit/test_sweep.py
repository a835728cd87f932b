"""One recipe along an axis: what is asked at each point, and what becomes of the points together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from perfkit.axis import Sweep
from perfkit.comparison.run import Comparison
from perfkit.comparison.sweep import along, run_sweep
from perfkit.errors import UnknownName, UsageError, WorkFailed
from perfkit.result import CutShort, Document, Sample
from perfkit.settings import Settings, Watcher
from tests.integration.conftest import altered, row
from tests.unit.test_plan import ask, catalog

ROWS, THREADS = Sweep("rows", (16, 64, 256)), Sweep("threads", (1, 2, 4))


def asked(**changed: Any) -> Comparison:
    return Comparison(catalog=catalog(), plan=ask("plain"), settings=Settings(budget_s=30.0), command="c", **changed)


def document(comparison: Comparison, **changed: Any) -> Document:
    """What a comparison at one point may give: a row and a sample of its own, and a warning that all have."""
    plan = comparison.plan
    result = altered(row("plain", "faster", (2.0, 1.9, 2.1)), axes=plan.axes, threads=plan.threads)
    sample = Sample(group=result.cell.full_size, role="baseline", process=0, round=0, position=0, loops=1, elapsed_ns=1)
    whole = Document(
        perfkit="0", command="c", seed=1, status="complete", results=(result,), samples=(sample,),
        environment={"cpu": "x", "threads": comparison.settings.threads}, warnings=("noisy",),
        timing={"measuring_s": 1.5, "total_s": 2.0},
    )  # fmt: skip
    return replace(whole, **changed)


class Points:
    """Stands for `run`: notes what it is asked, and answers for the point of that number as it is told."""

    def __init__(self, **answers: Callable[[Comparison], Document]) -> None:
        self.asked: list[Comparison] = []
        self.answers = answers

    def __call__(self, comparison: Comparison) -> Document:
        self.asked.append(comparison)
        return self.answers.get(f"at_{len(self.asked) - 1}", document)(comparison)


def raising(error: Exception) -> Callable[[Comparison], Document]:
    def fail(_: Comparison) -> Document:
        raise error

    return fail


def test_each_point_sets_its_value_beside_the_size_and_has_its_part_of_the_budget() -> None:
    points = Points()
    run_sweep(asked(), ROWS, points)

    cells = [c.plan.cell("run", "macro") for c in points.asked]
    assert [(c.size, c.axes, c.threads) for c in cells] == [("small", (("rows", n),), None) for n in ROWS.values]
    assert [c.plan.point_of("run") for c in points.asked] == ["small[rows=16]", "small[rows=64]", "small[rows=256]"]
    assert {c.settings.budget_s for c in points.asked} == {10.0}
    assert {c.settings.threads for c in points.asked} == {1}


def test_threads_are_set_in_the_cells_and_for_every_worker() -> None:
    points = Points()
    joined = run_sweep(asked(), THREADS, points)

    assert [c.plan.cell("run", "macro").threads for c in points.asked] == [1, 2, 4]
    assert [c.settings.threads for c in points.asked] == [1, 2, 4]
    assert {c.plan.point_of("run") for c in points.asked} == {"small"}
    assert [r.cell.full_size for r in joined.results] == ["small[threads=1]", "small[threads=2]", "small[threads=4]"]
    assert joined.environment == {"cpu": "x", "threads": None}


@pytest.mark.parametrize(
    ("extremes", "at_points"), [("find", ["find", "none", "none"]), ("refuse", ["refuse"] * 3), ("none", ["none"] * 3)]
)
def test_extremes_that_only_inform_are_tried_once(extremes: str, at_points: list[str]) -> None:
    points, comparison = Points(), asked()
    run_sweep(replace(comparison, settings=replace(comparison.settings, extremes=extremes)), ROWS, points)

    assert [c.settings.extremes for c in points.asked] == at_points


def test_all_points_make_one_document() -> None:
    joined = run_sweep(asked(), ROWS, Points(at_1=lambda c: document(c, status="budget")))

    assert [r.cell.axes[0][1] for r in joined.results] == [16, 64, 256]
    assert [s.group for s in joined.samples] == [r.cell.full_size for r in joined.results]
    assert joined.status == "budget"
    assert joined.warnings == ("noisy",)
    assert joined.timing == {"measuring_s": 4.5, "total_s": 6.0}
    assert joined.environment == {"cpu": "x", "threads": 1}


@pytest.mark.parametrize(
    ("reached", "said"),
    [
        ("", "at rows 64, point 2 of 3"),
        ("during proofs: none measured", "at rows 64, point 2 of 3 during proofs: none measured"),
    ],
)
def test_an_interruption_keeps_the_points_so_far_and_says_where(reached: str, said: str) -> None:
    points = Points(at_1=lambda c: document(c, status="interrupted", reached=reached, results=()))
    joined = run_sweep(asked(), ROWS, points)

    assert len(points.asked) == 2
    assert [r.cell.axes for r in joined.results] == [(("rows", 16),)]
    assert (joined.status, joined.reached) == ("interrupted", said)


def test_a_point_that_cannot_be_measured_is_a_warning_and_the_others_stand() -> None:
    joined = run_sweep(asked(), ROWS, Points(at_0=raising(WorkFailed("too narrow"))))

    assert [r.cell.axes[0][1] for r in joined.results] == [64, 256]
    assert joined.warnings == ("rows 16: too narrow", "noisy")


@pytest.mark.parametrize(
    ("sampled", "rows", "reached"),
    [
        (True, [16, 64], "at rows 64, point 2 of 3 by an error while measuring"),
        (False, [16], "by an error at rows 64, point 2 of 3"),
    ],
)
def test_an_error_at_a_later_point_keeps_all_samples_that_were_taken(
    sampled: bool, rows: list[int], reached: str
) -> None:
    full = OSError(28, "No space left on device")

    def fails(comparison: Comparison) -> Document:
        if not sampled:
            raise full
        raise CutShort(
            full, document(comparison, status="interrupted", reached="by an error while measuring")
        ) from full

    with pytest.raises(CutShort) as caught:
        run_sweep(asked(), ROWS, Points(at_1=fails))
    kept = caught.value.document

    assert caught.value.error is full
    assert [r.cell.axes[0][1] for r in kept.results] == rows
    assert len(kept.samples) == len(rows)
    assert (kept.status, kept.reached) == ("interrupted", reached)


def cut_short(comparison: Comparison) -> Document:
    raise CutShort(WorkFailed("no memory"), document(comparison, status="interrupted", reached="by an error"))


def test_a_point_that_fails_after_its_first_sample_keeps_it_and_the_others_are_measured() -> None:
    joined = run_sweep(asked(), ROWS, Points(at_1=cut_short))

    assert [r.cell.axes[0][1] for r in joined.results] == [16, 64, 256]
    assert len(joined.samples) == 3
    assert (joined.status, joined.reached) != ("interrupted", "by an error")
    assert "rows 64: no memory" in joined.warnings


def test_where_every_point_fails_after_its_first_sample_that_is_the_error() -> None:
    with pytest.raises(CutShort, match="no memory") as caught:
        run_sweep(asked(), ROWS, Points(at_0=cut_short, at_1=cut_short, at_2=cut_short))
    assert len(caught.value.document.samples) == 3


def test_an_error_at_the_first_point_is_as_it_is() -> None:
    with pytest.raises(OSError, match="No space"):
        run_sweep(asked(), ROWS, Points(at_0=raising(OSError(28, "No space left on device"))))


def test_where_no_point_can_be_measured_the_first_reason_is_the_error() -> None:
    failing = {f"at_{i}": raising(WorkFailed(f"reason {i}")) for i in range(3)}
    with pytest.raises(WorkFailed, match="reason 0"):
        run_sweep(asked(), ROWS, Points(**failing))


def test_the_watcher_hears_of_the_whole() -> None:
    heard: list[Any] = []
    watcher = Watcher(
        doing=lambda what, fraction: heard.append((what, fraction)), planned=heard.append, kept=heard.append
    )

    def tells(comparison: Comparison) -> Document:
        comparison.watcher.doing("counting", 0.5)
        comparison.watcher.planned("4 measurements")
        assert comparison.watcher.kept is not None
        comparison.watcher.kept(document(comparison, status="interrupted"))
        return document(comparison)

    run_sweep(asked(watcher=watcher), Sweep("rows", (1, 2)), Points(at_0=tells, at_1=tells))

    first, line, kept, second, kept_last = heard
    assert (first, second) == (("rows 1: counting", 0.25), ("rows 2: counting", 0.75))
    assert line == "2 points, each like the first: 4 measurements"
    assert [len(k.results) for k in (kept, kept_last)] == [1, 2]
    assert kept_last.status == "interrupted"


def test_the_plan_follows_the_workload_that_has_the_axis() -> None:
    plan = ask("plain")
    walk = replace(plan.target.workload("walk"), axes=("rows",))
    swept = along(replace(plan, target=replace(plan.target, workloads=(plan.target.workload("run"), walk))), ROWS)

    assert swept.workload == "walk"
    assert (swept.points, swept.other_threads) == (3, None)
    assert along(replace(plan, other_threads=8), THREADS).other_threads is None
    assert along(plan, THREADS).workload is None


@pytest.mark.parametrize(
    ("changed", "error", "says"),
    [
        ({"variants": ()}, UsageError, "one recipe"),
        ({"workload": "all"}, UsageError, "one workload"),
        ({"workload": "run"}, UnknownName, "axis of toy/run"),
        ({}, UnknownName, "axis of toy"),
    ],
)
def test_what_cannot_be_followed_is_refused(changed: dict[str, Any], error: type[UsageError], says: str) -> None:
    with pytest.raises(error, match=says):
        along(replace(ask("plain"), **changed), ROWS)


def test_what_does_not_depend_on_the_point_is_proven_once() -> None:
    points = Points()
    run_sweep(asked(), ROWS, points)

    assert [(c.plan.later_point, c.plan.proves_at_size) for c in points.asked] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_where_the_first_point_was_refused_every_point_is_proven() -> None:
    def refused(comparison: Comparison) -> Document:
        whole = document(comparison)
        return replace(whole, results=tuple(replace(r, verdict="rejected") for r in whole.results))

    points = Points(at_0=refused)
    run_sweep(asked(), ROWS, points)

    assert not any(c.plan.later_point for c in points.asked)


def test_other_threads_are_proven_anew() -> None:
    points = Points()
    run_sweep(asked(), THREADS, points)

    assert not any(c.plan.later_point for c in points.asked)
