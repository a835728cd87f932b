"""The reports that show no comparison, against golden files: `GOLDEN=write pytest …` writes those anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.catalog import Catalog
from perfkit.catalog.read_files import RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.machine.doctor import Check
from perfkit.profilers.analysis.difference import difference
from perfkit.profilers.analysis.waiting import Wait, Wall
from perfkit.profilers.analysis.whole import HotLine
from perfkit.profilers.common import call_table
from perfkit.profilers.common.profile import HotSpot, Profile, hotspots
from perfkit.profilers.common.spent import Spent
from perfkit.profilers.common.stacks import Stacks
from perfkit.profiling.advice import Advice
from perfkit.profiling.each import Missing
from perfkit.profiling.program import ProgramProfiled
from perfkit.profiling.run import Profiled
from perfkit.profiling.started import Ended
from perfkit.profiling.timed import Changed, Timed
from perfkit.recipe import Claim, Recipe, close, exact
from perfkit.report.doctor import doctor_report
from perfkit.report.listing import explain_report, list_report
from perfkit.report.profiles.profile import change_report, profile_report
from perfkit.report.profiles.program import program_report
from perfkit.target import Seam
from tests.calls import table_of

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


EINSUM = ("einsum", "/lib/numpy/_core/einsumfunc.py", 1244)
ATTEND = ("attend", "/somewhere/model/ops.py", 217)
TABLE = ("rope_table", "/somewhere/model/ops.py", 240)
NAP = ("nap", "/somewhere/model/model.py", 30)
FORWARD = ("forward", "/somewhere/model/model.py", 12)


def sampled(name: str, einsum_ms: int, attend_ms: int, table_ms: int) -> Profile:
    """A sampler's view of 100 calls."""
    stacks = Stacks.of(
        (
            ((FORWARD, ATTEND, EINSUM), einsum_ms * 1_000_000),
            ((FORWARD, ATTEND), attend_ms * 1_000_000),
            ((FORWARD, TABLE), table_ms * 1_000_000),
            ((("[thread task_0]", "", 0), ATTEND, EINSUM), 40_000_000),
        )
    )
    seams = {ATTEND[1:]: "attend", TABLE[1:]: "rope_table"}
    spots = tuple(
        HotSpot(function=f[0], file=f[1], line=f[2], self_ns=own.self_ns, total_ns=own.total_ns, calls=0, seam=own.seam)
        for f, own in sorted(stacks.functions(seams).items(), key=lambda pair: -pair[1].self_ns)
    )
    return Profile(
        profiler=name,
        passes=100,
        total_ns=1_050_000_000,
        bare_passes=100,
        bare_ns=1_000_000_000,
        hotspots=spots,
        rate=500,
        samples=stacks.total_ns // 2_000_000,
        stacks=stacks,
        notes=("py-spy could not keep up",) if name == "pyspy" else (),
        spent=Spent(wall_ns=1_000_000_000, own_ns=740_000_000, queued_ns=50_000_000, threads_ns=400_000_000),
        wall=Stacks.of([((FORWARD, NAP, ("sleep", "<built-in>", 0)), 200_000_000)]) if name == "pyinstrument" else None,
    )


def profiled(*, recipes: tuple[str, ...] = ("model/plan-first",), table_ms: int = 100) -> Profiled:
    calls = table_of({
        ("~", 0, "<built-in method c_einsum>"): (800, 800, 0.4, 0.4, {(*EINSUM[1:], "einsum"): (800, 800, 0.4, 0.4)}),
        (*EINSUM[1:], "einsum"): (800, 800, 0.2, 0.6, {}),
        (*ATTEND[1:], "attend"): (200, 200, 0.25, 0.85, {}),
        (*TABLE[1:], "rope_table"): (100, 100, table_ms / 1000, table_ms / 1000, {}),
        (*FORWARD[1:], "forward"): (100, 100, 0.05, 1.0, {}),
    })  # fmt: skip
    seams = {ATTEND[1:]: "attend", TABLE[1:]: "rope_table"}
    counted = Profile(
        profiler="cprofile",
        passes=100,
        total_ns=1_310_000_000,
        bare_passes=100,
        bare_ns=1_000_000_000,
        hotspots=call_table.hotspots(calls, seams),
        native=calls,
    )
    return Profiled(
        target="model",
        workload="forward",
        size="small",
        recipes=recipes,
        profiles=(sampled("pyspy", 500, 100, table_ms), sampled("pyinstrument", 500, 300, table_ms), counted),
        missing=(Missing(profiler="torch", why="torch.profiler saw nothing", hint="--with pyspy"),),
        seam_shares={"attend": 0.85, "rope_table": 0.1},
        seam_calls={"attend": 2.0, "rope_table": 1.0},
        advice=(
            Advice(recipe="tile", seams=("attend", "mix"), share=0.85, concurrent=False, error=0.018, by="pyspy"),
            Advice(recipe="rope-cache", seams=("rope_table",), share=0.1, concurrent=False),
        ),
        wrappers=("torch-eager",),
        environment=ENVIRONMENT,
    )


def changed(*, timed: bool) -> Changed:
    before, after = profiled(recipes=()), profiled(recipes=("model/rope-cache",), table_ms=0)
    return Changed(
        before=before,
        after=after,
        differences=tuple(map(difference, before.profiles, after.profiles)),
        timed=Timed(before_ns=1.01e7, after_ns=1.01e7 / 1.12, point=1.12, low=1.1, high=1.14) if timed else None,
        trouble="" if timed else "too few processes were timed",
    )


CHECKS = (
    Check(name="python", status="ok", value="cpython 3.12.1"),
    Check(name="machine", status="note", value="Imagined 9000, 4 cores, container", remedy="trust the ratios"),
    Check(name="load", status="warn", value="3.10 over the last minute, on 4 cores", remedy="end other work first"),
    Check(name="subnormals", status="note", value="at most 52.0x the time of normal numbers", remedy="keep them away"),
    Check(name="subnormal exp float64", status="note", value="52.0x the time of normal numbers", detail=True),
)


@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_list(golden: Golden, draw: Draw, long: bool) -> None:
    name = "list-long.txt" if long else "list.txt"

    golden(name, draw(list_report(catalog(), None, long=long), 100))


@pytest.mark.parametrize("width", [80, 100])
def test_explain(golden: Golden, draw: Draw, width: int) -> None:
    documented, beyond = catalog().recipes

    golden(f"explain-{width}.txt", draw(explain_report(documented), width) + "\n" + draw(explain_report(beyond), width))


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_profile(golden: Golden, draw: Draw, width: int) -> None:
    views = (draw(profile_report(profiled(), 3, verbose=verbose), width) for verbose in (False, True))

    golden(f"profile-{width}.txt", f"\n{'-' * width}\n".join(views))


@pytest.mark.parametrize("timed", [True, False], ids=["timed", "untimed"])
def test_what_a_recipe_moves(golden: Golden, draw: Draw, timed: bool) -> None:
    golden(f"profile-change-{'timed' if timed else 'untimed'}.txt", draw(change_report(changed(timed=timed), 3), 100))


def test_doctor(golden: Golden, draw: Draw) -> None:
    golden("doctor.txt", "\n".join(draw(doctor_report(CHECKS, verbose=verbose), 80) for verbose in (False, True)))


def test_doctor_has_a_good_word_when_all_is_well(draw: Draw) -> None:
    fine = [c for c in CHECKS if c.status != "warn"]

    assert draw(doctor_report(fine, verbose=True), 100).splitlines()[-1] == "this machine is fit for measuring"


def test_a_newline_in_a_functions_name_forges_no_line(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = draw(profile_report(profiled(), 3), 140)
    monkeypatch.setitem(globals(), "EINSUM", ("einsum\nforged", *EINSUM[1:]))

    drawn = draw(profile_report(profiled(), 3), 140)

    assert len(drawn.splitlines()) == len(plain.splitlines())
    assert "einsum\\nforged" in drawn


def test_nor_does_one_in_what_a_recipe_says(draw: Draw) -> None:
    found = catalog()
    documented = found.recipes[0]
    claim = replace(CLAIM, text="half\nas long", source="notes\n\x1b[2J")
    odd = replace(documented, summary="first\nsecond", recipe=replace(documented.recipe, claim=claim))

    for report in (explain_report(odd), list_report(replace(found, recipes=(odd,)), None, long=True)):
        drawn = draw(report, 140)
        assert "half\\nas long" in drawn
        assert not any(line.startswith(("as long", "second", "forged")) for line in drawn.splitlines())
        assert "\x1b" not in drawn


def program() -> ProgramProfiled:
    """A program under two profilers: work on a thread and in a child, a wait, an import."""
    slow, task, read = ("slow", "/app/app.py", 10), ("task", "/app/app.py", 30), ("<module>", "/lib/mod/__init__.py", 1)
    child = [("[process fork of app.py]", "", 0), slow]
    stacks = Stacks.of(
        [
            ([slow], 500_000_000),
            ([("[threads worker]", "", 0), task], 300_000_000),
            (child, 150_000_000),
            ([read], 50_000_000),
        ]
    )
    spent = Spent(wall_ns=1_400_000_000, own_ns=600_000_000, queued_ns=100_000_000, threads_ns=300_000_000)
    common = {"passes": 1, "bare_passes": 1, "bare_ns": 1_400_000_000, "spent": spent}
    sampler = Profile(
        profiler="pyspy",
        total_ns=1_400_000_000,
        hotspots=hotspots(stacks, {}),
        stacks=stacks,
        rate=500,
        samples=500,
        **common,
    )
    table = table_of(
        {
            ("/app/app.py", 10, "slow"): (20, 20, 1.0, 1.1, {}),
            ("~", 0, "<built-in method time.sleep>"): (1, 1, 0.5, 0.5, {}),
        }
    )
    clocked = Profile(
        profiler="cprofile", total_ns=2_100_000_000, hotspots=call_table.hotspots(table, {}), native=table, **common
    )
    return ProgramProfiled(
        words=("app.py", "--fast", "a b"),
        only="",
        profiles=(sampler, clocked),
        missing=(Missing(profiler="torch", why="torch is not installed", hint="pip install torch"),),
        ended=Ended(code=3, spent=spent, whole=True),
        wall=Wall(
            call_ns=1_400_000_000,
            running_ns=600_000_000,
            waiting_ns=800_000_000,
            queued_ns=100_000_000,
            threads_ns=300_000_000,
            children_ns=160_000_000,
            by="pyspy",
            waits=(Wait("worker.join", "main", "/app/app.py", 40, 650_000_000),),
        ),
        imports_ns=50_000_000,
        sampler_ns=120_000_000,
        lines=(
            HotLine("slow", "/app/app.py", 10, 12, 200_000_000, 200_000_000, "for item in items:"),
            HotLine("slow", "/app/app.py", 10, 13, 450_000_000, 450_000_000, "total += item * item"),
        ),
        environment=ENVIRONMENT,
        notes=("under cProfile it ended with 0, and in the first run with 3",),
    )


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_program(golden: Golden, draw: Draw, width: int) -> None:
    golden(f"program-{width}.txt", draw(program_report(program(), 3), width))


def test_a_program_without_a_sample(draw: Draw) -> None:
    found = program()
    nothing = replace(found.profiles[0], hotspots=(), stacks=Stacks((), ()), samples=0)

    def said(wall_ns: int, running_ns: int) -> str:
        assert found.wall is not None
        wall = replace(found.wall, call_ns=wall_ns, running_ns=running_ns, waiting_ns=wall_ns - running_ns)
        return draw(program_report(replace(found, profiles=(nothing,), lines=(), wall=wall), 3), 100)

    assert "py-spy saw nothing: the program ended before the first sample" in said(2_000_000, 2_000_000)
    assert "py-spy saw nothing: the program waited nearly all of the time" in said(2_000_000_000, 1_000_000)
    assert "it replaced itself (os.exec)" in " ".join(said(500_000_000, 400_000_000).split())
    assert "no sample is in m:f" in draw(program_report(replace(found, profiles=(nothing,), only="m:f"), 3), 100)
