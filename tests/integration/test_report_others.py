"""The reports that show no comparison, against golden files: `GOLDEN=write pytest …` writes those anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog import Catalog
from perfkit.doctor import Check
from perfkit.index import RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.profilers.profile import HotSpot, Profile
from perfkit.profiling import Advice, Profiled
from perfkit.recipe import Claim, Recipe, close, exact
from perfkit.report.doctor import doctor_report
from perfkit.report.listing import explain_report, list_report
from perfkit.report.profile import profile_report
from perfkit.target import Seam

Golden = Callable[[str, str], None]
Draw = Callable[[Any, int], str]
CLAIM = Claim(
    text="~14% of the forward pass",
    measure="share of time",
    low=0.10,
    high=0.14,
    workload="forward",
    on=("plan-first",),
    source="notes, 2026-10-24",
)
ENVIRONMENT = {
    "cpu": "Imagined 9000",
    "cores": 4,
    "python": "3.12.1",
    "numpy": "2.4.0",
    "blas": "openblas 0.3",
    "threads": 2,
}


def entry(recipe: Recipe, doc: str) -> RecipeEntry:
    path = Path(f"recipes/model/{recipe.id.replace('-', '_')}.py")
    return RecipeEntry(recipe=recipe, summary=doc.partition("\n")[0], doc=doc, path=path, module="m", root=Path())


def catalog() -> Catalog:
    doc = (
        "Compute the table once.\n\nWhat it does\n    Keeps the table of each width, and hands out the rows that are\n"
        "    asked for; a longer request makes a longer table.\n\nWhen it loses\n    Never in time.\n"
    )
    rope = Recipe(
        id="rope-cache",
        target="model",
        touches={"rope_table"},
        apply=lambda ops: ops,
        claim=CLAIM,
        equivalence=exact(),
    )
    tile = Recipe(
        id="tile",
        target="model",
        touches={"attend", "mix"},
        shadows={"rope_table"},
        requires={"rope-cache"},
        apply=lambda ops: ops,
        equivalence=close(rtol=1e-5, why="sums in another order"),
        seam_equivalence=close(ulp=4, why="one product less"),
        status="beyond",
    )
    model = TargetEntry(
        id="model",
        summary="a model made up for this table",
        workloads=(WorkloadEntry(id="forward", summary="one pass", sizes=("small", "tiny")),),
        seams={
            "rope_table": Seam(name="rope_table", summary="cosines and sines"),
            "attend": Seam(name="attend", summary="attention", children=("rope_table", "mix")),
        },
        path=Path("target.py"),
        module="m",
        root=Path(),
    )
    recipes = (entry(rope, doc), entry(tile, "Cut the work into tiles."))
    return Catalog(recipes=recipes, targets=(model,), broken=())


def spot(function: str, file: str, self_ms: int, total_ms: int, calls: int, seam: str | None = None) -> HotSpot:
    name, _, line = file.partition(":")
    return HotSpot(
        function=function,
        file=name,
        line=int(line),
        self_ns=self_ms * 1_000_000,
        total_ns=total_ms * 1_000_000,
        calls=calls,
        seam=seam,
    )


def profiled() -> Profiled:
    hotspots = (
        spot("numpy._core.c_einsum", "~:0", 600, 600, 800),
        spot("attend", "/somewhere/model/ops.py:217", 250, 850, 200, "attend"),
        spot("rope_table", "/somewhere/model/ops.py:240", 100, 100, 100, "rope_table"),
        spot("forward", "/somewhere/model/model.py:12", 50, 1000, 100),
    )
    profile = Profile(profiler="cprofile", passes=100, total_ns=1_310_000_000, bare_ns=1_000_000_000, hotspots=hotspots)
    return Profiled(
        target="model",
        workload="forward",
        size="small",
        recipes=("model/plan-first",),
        profile=profile,
        seam_shares={"attend": 0.85, "rope_table": 0.1},
        seam_calls={"attend": 2.0, "rope_table": 1.0},
        advice=(
            Advice(recipe="tile", seams=("attend", "mix"), share=0.85, concurrent=False),
            Advice(recipe="rope-cache", seams=("rope_table",), share=0.1, concurrent=False),
        ),
        environment=ENVIRONMENT,
    )


CHECKS = (
    Check(name="python", status="ok", value="cpython 3.12.1"),
    Check(name="machine", status="note", value="Imagined 9000, 4 cores, container", remedy="trust the ratios"),
    Check(name="load", status="warn", value="3.10 over the last minute, on 4 cores", remedy="end other work first"),
    Check(name="subnormal exp float64", status="note", value="52.0x the time of normal numbers", remedy="keep it away"),
)


@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_list(golden: Golden, draw: Draw, long: bool) -> None:
    name = "list-long.txt" if long else "list.txt"

    golden(name, draw(list_report(catalog(), None, long=long), 100))


@pytest.mark.parametrize("width", [80, 100])
def test_explain(golden: Golden, draw: Draw, width: int) -> None:
    documented, beyond = catalog().recipes

    golden(f"explain-{width}.txt", draw(explain_report(documented), width) + "\n" + draw(explain_report(beyond), width))


@pytest.mark.parametrize("width", [80, 100])
def test_profile(golden: Golden, draw: Draw, width: int) -> None:
    golden(f"profile-{width}.txt", draw(profile_report(profiled(), 3), width))


def test_doctor(golden: Golden, draw: Draw) -> None:
    golden("doctor.txt", draw(doctor_report(CHECKS), 100))


def test_doctor_has_a_good_word_when_all_is_well(draw: Draw) -> None:
    fine = [c for c in CHECKS if c.status != "warn"]

    assert draw(doctor_report(fine), 100).splitlines()[-1] == "this machine is fit for measuring"
