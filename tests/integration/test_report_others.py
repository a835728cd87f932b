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
ENVIRONMENT = {"cpu": "Imagined 9000", "cores": 4, "python": "3.12.1", "numpy": "2.4.0", "blas": "openblas 0.3", "threads": 2}


def catalog() -> Catalog:
    doc = (
        "Compute the table once.\n\nWhat it does\n    Keeps the table of each width, and hands out the rows that are\n"
        "    asked for; a longer request makes a longer table.\n\nWhen it loses\n    Never in time.\n"
    )
    rope = Recipe(
        id="rope-cache", target="model", touches={"rope_table"}, apply=lambda ops: ops, claim=CLAIM, equivalence=exact()
    )  # fmt: skip
    tile = Recipe(
        id="tile", target="model", touches={"attend", "mix"}, shadows={"rope_table"}, requires={"rope-cache"},
        apply=lambda ops: ops, equivalence=close(rtol=1e-5, why="sums in another order"), status="beyond",
    )  # fmt: skip
    here = Path("recipes/model")
    return Catalog(
        recipes=(
            RecipeEntry(recipe=rope, summary="Compute the table once.", doc=doc, path=here / "rope_cache.py",
                module="m", root=Path()),
            RecipeEntry(recipe=tile, summary="Cut the work into tiles.", doc="Cut the work into tiles.", path=here / "tile.py", module="m", root=Path()),
        ),
        targets=(
            TargetEntry(
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
            ),
        ),
        broken=(),
    )  # fmt: skip


def profiled() -> Profiled:
    def spot(
        function: str, file: str, line: int, self_ms: float, total_ms: float, calls: int, seam: str | None
    ) -> HotSpot:
        return HotSpot(
            function=function, file=file, line=line, self_ns=int(self_ms * 1e6), total_ns=int(total_ms * 1e6),
            calls=calls, seam=seam,
        )  # fmt: skip

    hotspots = (
        spot("numpy._core.c_einsum", "~", 0, 600, 600, 800, None),
        spot("attend", "/somewhere/model/ops.py", 217, 250, 850, 200, "attend"),
        spot("rope_table", "/somewhere/model/ops.py", 240, 100, 100, 100, "rope_table"),
        spot("forward", "/somewhere/model/model.py", 12, 50, 1000, 100, None),
    )
    return Profiled(
        target="model",
        workload="forward",
        size="small",
        recipes=("model/plan-first",),
        profile=Profile(profiler="cprofile", passes=100, total_ns=1_310_000_000, bare_ns=1_000_000_000, hotspots=hotspots),
        seam_shares={"attend": 0.85, "rope_table": 0.1},
        seam_calls={"attend": 2.0, "rope_table": 1.0},
        advice=(Advice(recipe="tile", seams=("attend", "mix"), share=0.85), Advice(recipe="rope-cache", seams=("rope_table",), share=0.1)),
        environment=ENVIRONMENT,
    )  # fmt: skip


CHECKS = (
    Check(name="python", status="ok", value="cpython 3.12.1"),
    Check(name="machine", status="note", value="Imagined 9000, 4 cores, container", remedy="trust the ratios"),
    Check(name="load", status="warn", value="3.10 over the last minute, on 4 cores", remedy="end other work first"),
    Check(name="subnormal exp float64", status="note", value="52.0x the time of normal numbers", remedy="keep data from decaying"),
)  # fmt: skip


@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_list(golden: Golden, draw: Draw, long: bool) -> None:
    name = "list-long.txt" if long else "list.txt"

    golden(name, draw(list_report(catalog(), None, long=long), 100))


@pytest.mark.parametrize("width", [80, 100])
def test_explain(golden: Golden, draw: Draw, width: int) -> None:
    golden(f"explain-{width}.txt", draw(explain_report(catalog().recipes[0]), width))


@pytest.mark.parametrize("width", [80, 100])
def test_profile(golden: Golden, draw: Draw, width: int) -> None:
    golden(f"profile-{width}.txt", draw(profile_report(profiled(), 3), width))


def test_doctor(golden: Golden, draw: Draw) -> None:
    golden("doctor.txt", draw(doctor_report(CHECKS), 100))


def test_doctor_has_a_good_word_when_all_is_well(draw: Draw) -> None:
    fine = [c for c in CHECKS if c.status != "warn"]

    assert draw(doctor_report(fine), 100).splitlines()[-1] == "this machine is fit for measuring"
