"""What a seam's share and its own speed-up predict for the whole, and what is said of a value beyond that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from perfkit.catalog import RecipeEntry, TargetEntry
from perfkit.catalog.read_files import WorkloadEntry
from perfkit.cell import Cell
from perfkit.comparison.claims import with_claim
from perfkit.equivalence import exact
from perfkit.protocol.counting import Inspected
from perfkit.recipe import Claim, Recipe
from perfkit.result import Proof, Result, Speedup
from perfkit.session.outcome import Outcome
from perfkit.target import Seam
from tests.messages import seam_count

HERE = Path("somewhere")
CLAIM = Claim(
    text="35 %", measure="speed-up", low=1.3, high=1.4, workload="run", source="notes",
    readings=(("share of time", 0.3, 0.4),),
)  # fmt: skip


def row(kind: str, point: float, width: float = 0.01, seam: str | None = None) -> Result:
    speedup = Speedup(point=point, low=point - width, high=point + width, level=0.95)
    proof = Proof(passed=True, kind="exact", detail="", checked_calls=1, first_difference=None)
    return Result(
        id="x", group="g", role="c1", recipes=("toy/fast",), verdict="faster", reason=None, note="",
        cell=Cell(target="toy", workload="run", size="small", kind=kind, seam=seam),
        baseline_ns=9.0, candidate_ns=5.0, speedup=speedup, speedup_99=speedup, noise_floor=None, margin=0.01,
        proof=proof, claim=None, share=None, amdahl=None, processes=8, rounds=80, loops={},
    )  # fmt: skip


def judged(
    measured: float,
    *,
    share: float,
    error: float | None,
    seam_speedup: float | None = 2.0,
    kind: str = "call",
    claim: Claim | None = None,
) -> Result:
    fast = Recipe(id="fast", target="toy", touches={"cube"}, apply=lambda ops: ops, equivalence=exact(), claim=claim)
    entry = RecipeEntry(recipe=fast, summary="", doc="", path=HERE, module="fast", root=HERE)
    seen = Inspected(call_ns=9.0, passes=1, seams={"cube": seam_count(inclusive=share, error=error)})
    macro = row("macro", measured)
    alone = [] if seam_speedup is None else [row("micro", seam_speedup, seam="cube")]
    place = TargetEntry(
        id="toy", summary="", workloads=(WorkloadEntry(id="run", summary="", sizes=("small",)),),
        seams={"cube": Seam(name="cube", kind=kind)}, path=HERE, module="toy", root=HERE,
    )  # fmt: skip
    return with_claim(macro, [*alone, macro], Outcome(seams={("run", ()): seen}), {"toy/fast": entry}, place)


def test_half_the_time_twice_as_fast_gives_a_third() -> None:
    found = judged(1.33, share=0.5, error=0.01)

    assert found.share == 0.5
    assert found.amdahl == pytest.approx(4 / 3)
    assert found.note == ""


@pytest.mark.parametrize(
    ("measured", "says"),
    [(1.6, "more than the seam explains: Amdahl predicts at most 1.3"), (1.1, "less than the seam explains")],
)
def test_what_lies_beyond_both_intervals_is_said(measured: float, says: str) -> None:
    assert judged(measured, share=0.5, error=0.01).note.startswith(says)


def test_an_uncertain_share_leaves_room_and_an_unknown_one_says_nothing() -> None:
    assert judged(1.6, share=0.5, error=0.2).note == ""
    assert judged(1.6, share=0.5, error=None).note == ""


def test_without_a_row_of_its_own_a_seam_is_free_at_best() -> None:
    found = judged(1.18, share=0.07, error=0.005, seam_speedup=None)

    assert found.share == 0.07
    assert found.amdahl is None
    assert found.note.startswith("more than the seam explains: Amdahl predicts at most 1.087x")  # 1 / (1 - 0.08)


def test_without_a_row_of_its_own_nothing_is_too_little() -> None:
    assert judged(0.5, share=0.5, error=0.01, seam_speedup=None).note == ""
    assert judged(1.05, share=0.07, error=0.005, seam_speedup=None).note == ""


def test_what_a_factory_makes_has_no_share() -> None:
    assert judged(1.33, share=0.001, error=0.0, kind="factory").share is None


def test_a_share_of_all_is_no_division_by_zero() -> None:
    assert judged(1.9, share=1.3, error=0.5, seam_speedup=1e9).amdahl == pytest.approx(1e9 / 1.3, rel=0.5)


def test_a_claim_is_judged_in_every_reading() -> None:
    found = judged(1.35, share=0.5, error=0.01, seam_speedup=2.0, claim=CLAIM).claim

    assert found is not None
    assert (found.outcome, found.why) == ("reproduced", "")
    (other,) = found.readings
    assert (other.measure, other.low, other.high) == ("share of time", 0.3, 0.4)
    assert other.outcome == "smaller than claimed"  # 35 % faster is 26 % less time
    assert other.measured is not None
    assert other.measured[0] == pytest.approx(1 - 1 / 1.35)


@pytest.mark.parametrize(
    ("changed", "judged_there"),
    [({}, True), ({"workload": "walk"}, False), ({"size": "tiny"}, False), ({"kind": "micro", "seam": "cube"}, False)],
)
def test_a_claim_is_judged_on_its_own_workload_size_and_kind_of_row_only(
    changed: dict[str, str], judged_there: bool
) -> None:
    fast = Recipe(id="fast", target="toy", touches={"cube"}, apply=lambda ops: ops, equivalence=exact(), claim=CLAIM)
    entry = RecipeEntry(recipe=fast, summary="", doc="", path=HERE, module="fast", root=HERE)
    workloads = tuple(WorkloadEntry(id=name, summary="", sizes=("small", "tiny")) for name in ("run", "walk"))
    place = TargetEntry(
        id="toy", summary="", workloads=workloads, seams={"cube": Seam(name="cube")}, path=HERE, module="toy", root=HERE
    )
    macro = row("macro", 1.35)
    macro = replace(macro, cell=replace(macro.cell, **changed))

    found = with_claim(macro, [macro], Outcome(), {"toy/fast": entry}, place)

    assert (found.claim is not None) == judged_there


@pytest.mark.parametrize("seam_speedup", [None, 2.0])
def test_a_claim_that_the_seam_cannot_explain_is_not_reproduced(seam_speedup: float | None) -> None:
    found = judged(1.35, share=0.07, error=0.005, seam_speedup=seam_speedup, claim=CLAIM)

    assert found.claim is not None
    assert found.claim.outcome == "undecided"
    assert found.claim.why.startswith("what it replaces explains at most 1.0")
    assert "more than the seam explains" in found.note


def test_a_claim_larger_than_its_seam_is_not_reproduced_by_noise() -> None:
    """The interval still reaches what the seam explains, the claimed range does not."""
    fast = judged(1.32, share=0.2, error=0.005, seam_speedup=None, claim=CLAIM)
    assert fast.claim is not None
    assert fast.claim.outcome == "undecided"
    assert fast.claim.why == "what it replaces explains at most 1.266x"


def test_what_the_seam_explains_is_reproduced() -> None:
    for seam_speedup in (None, 50.0):
        found = judged(1.35, share=0.26, error=0.005, seam_speedup=seam_speedup, claim=CLAIM).claim
        assert found is not None
        assert found.outcome == "reproduced"


@pytest.mark.parametrize(("threads", "counted_on", "share"), [(None, 1, 0.5), (4, 4, 0.5), (4, 1, None)])
def test_a_share_counts_for_the_threads_it_was_counted_on(
    threads: int | None, counted_on: int, share: float | None
) -> None:
    fast = Recipe(id="fast", target="toy", touches={"cube"}, apply=lambda ops: ops, equivalence=exact(), claim=CLAIM)
    entry = RecipeEntry(recipe=fast, summary="", doc="", path=HERE, module="fast", root=HERE)
    place = TargetEntry(
        id="toy", summary="", workloads=(WorkloadEntry(id="run", summary="", sizes=("small",)),),
        seams={"cube": Seam(name="cube")}, path=HERE, module="toy", root=HERE,
    )  # fmt: skip
    seen = Inspected(call_ns=1e6, passes=1, seams={"cube": seam_count(inclusive=0.5, error=0.01)})
    macro = row("macro", 1.3)
    macro = replace(macro, cell=replace(macro.cell, threads=threads))

    outcome = Outcome(threads=counted_on, seams={("run", ()): seen})
    found = with_claim(macro, [macro], outcome, {"toy/fast": entry}, place)

    assert found.share == share
    assert (found.claim is None) == (share is None)
