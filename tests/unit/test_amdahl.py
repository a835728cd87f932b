"""What a seam's share and its own speed-up predict for the whole, and when the measured value is beyond it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog import RecipeEntry
from perfkit.comparison.judge import _with_amdahl
from perfkit.engine.outcome import Outcome
from perfkit.equivalence import exact
from perfkit.recipe import Recipe
from perfkit.result import Proof, Result, Speedup
from perfkit.target import Seam

HERE = Path("somewhere")


def row(kind: str, point: float, width: float = 0.01, seam: str | None = None) -> Result:
    speedup = Speedup(point=point, low=point - width, high=point + width, level=0.95)
    proof = Proof(passed=True, kind="exact", detail="", checked_calls=1, first_difference=None)
    return Result(
        id="x", group="g", role="c1", target="toy", recipes=("toy/fast",), on=(), workload="run", size="small",
        kind=kind, seam=seam, state=None, layout="in-process", verdict="faster", reason=None, note="", baseline_ns=9.0,
        candidate_ns=5.0, speedup=speedup, speedup_99=speedup, noise_floor=None, margin=0.01, proof=proof, claim=None,
        share=None, amdahl=None, processes=8, rounds=80, loops={},
    )  # fmt: skip


def judged(
    measured: float, *, share: float, error: float | None, seam_speedup: float = 2.0, kind: str = "call"
) -> Result:
    fast = Recipe(id="fast", target="toy", touches={"cube"}, apply=lambda ops: ops, equivalence=exact())
    entry = RecipeEntry(recipe=fast, summary="", doc="", path=HERE, module="fast", root=HERE)
    seen: Any = {"seams": {"cube": {"inclusive": share, "error": error, "concurrent": False}}}
    macro, micro = row("macro", measured), row("micro", seam_speedup, seam="cube")
    seams = {"cube": Seam(name="cube", kind=kind)}
    return _with_amdahl(macro, [micro, macro], Outcome(seams={("run", ()): seen}), {"toy/fast": entry}, seams)


def test_half_the_time_twice_as_fast_gives_a_third() -> None:
    found = judged(1.33, share=0.5, error=0.01)

    assert found.share == 0.5 and found.amdahl == pytest.approx(4 / 3)
    assert found.note == ""


@pytest.mark.parametrize(("measured", "word"), [(1.6, "more"), (1.1, "less")])
def test_what_lies_beyond_both_intervals_is_said(measured: float, word: str) -> None:
    found = judged(measured, share=0.5, error=0.01)

    assert found.note.startswith(f"{word} than the seam explains: Amdahl predicts 1.3")


def test_an_uncertain_share_leaves_room_and_an_unknown_one_says_nothing() -> None:
    assert judged(1.6, share=0.5, error=0.2).note == ""
    assert judged(1.6, share=0.5, error=None).note == ""


def test_what_a_factory_makes_has_no_share() -> None:
    assert judged(1.33, share=0.001, error=0.0, kind="factory").share is None


def test_a_share_of_all_is_no_division_by_zero() -> None:
    assert judged(1.9, share=1.3, error=0.5, seam_speedup=1e9).amdahl == pytest.approx(1e9 / 1.3, rel=0.5)
