"""The tables of `perfkit bench`, as they are printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from perfkit import api
from perfkit.cell import Cell
from perfkit.machine.environment import describe
from perfkit.machine.subnormal_cost import Penalty
from perfkit.microbench.trap import TRAPS, Naive, Shown
from perfkit.report.bench import BenchReport, is_bench
from perfkit.report.choice import report_of
from perfkit.report.schema import schema
from perfkit.report.trap import TrapReport, sparkline
from perfkit.result import Benched, Document, Floats, Proof, Result, Speedup

from .conftest import PASSED, document, row

NONE = Proof(passed=False, kind="exact", detail="", checked_calls=0)
IN, OUT = Floats(floats=65_536), Floats(floats=32_768)


def alone(seam: str, time_ns: tuple[float, float, float], **changed: Any) -> Result:
    """A baseline by itself."""
    cell = {name: changed.pop(name) for name in [*changed] if name in Cell.__dataclass_fields__}
    bench = Benched(time_ns=time_ns, **{"data": "float32 (1, 16, 2048)", "inputs": IN, "outputs": OUT} | changed)
    plain = row("x", "measured", processes=5, rounds=200)
    return replace(
        plain,
        id=f"model/{seam}",
        group=f"micro / {seam}",
        role="baseline",
        recipes=(),
        proof=NONE,
        baseline_ns=time_ns[0],
        noise_floor=0.006,
        bench=bench,
        cell=Cell(**{"target": "model", "workload": "forward", "size": "small", "kind": "micro", "seam": seam} | cell),
    )


def beside(baseline: Result, recipe: str, verdict: str, ratio: tuple[float, float, float], **changed: Any) -> Result:
    """A recipe in the place of a baseline."""
    point, low, high = ratio
    own = row(recipe, verdict, ratio, processes=5, rounds=200, proof=PASSED)
    time_ns = tuple(baseline.baseline_ns / value for value in (point, high, low)) if baseline.baseline_ns else ()
    assert baseline.bench is not None
    return replace(own, cell=baseline.cell, bench=replace(baseline.bench, time_ns=time_ns, **changed))


def not_measured(seam: str, why: str) -> Result:
    return replace(alone(seam, (1.0, 1.0, 1.0)), verdict="unavailable", bench=None, note=why, processes=0)


def rows() -> tuple[Result, ...]:
    limits = {"least": (98_304.0, 262_144.0), "rate": (41.2e9, 19.8e9)}
    gate = alone("gate", (312e3, 308e3, 316e3), **limits)
    cold = alone("rope_table", (28.1e3, 27.2e3, 29.0e3), state="cold", data="3 × int, float", inputs=Floats())
    tax = Speedup(point=1.9, low=1.8, high=2.0, level=0.95)
    sick = alone(
        "attend", (4.1e6, 3.9e6, 4.4e6), outputs=Floats(floats=1000, subnormal=120, zero=5), retaken=12,
        flagged=("subnormal", "decayed"), tax=tax,
    )  # fmt: skip
    slow = replace(alone("mix", (2.2e6, 2.1e6, 2.3e6), settling=(2.4e6, 2.1e6), tax=tax, unreached=2), processes=2)
    return (
        gate,
        beside(gate, "inplace", "faster", (1.262, 1.244, 1.281)),
        cold,
        beside(cold, "cache", "slower", (0.953, 0.941, 0.966)),
        sick,
        slow,
        not_measured("buffer", "macro only: a factory has no work of its own"),
        not_measured("project", "macro only: a factory has no work of its own"),
    )


def benched() -> Document:
    return document(rows(), command="perfkit bench model", status="complete", warnings=())


def of_function() -> Document:
    first = alone("", (110e3, 95e3, 129e3), data="")
    later = alone("", (6.01e3, 5.93e3, 6.10e3), data="float32 (1000,)")
    cells = Cell(target="mine:f", workload="call", size="made", kind="macro")
    results = (
        replace(first, cell=replace(cells, state="cold")),
        replace(later, cell=replace(cells, state="warm"), noise_floor=0.004),
    )
    return document(results, command="perfkit bench mine:f", status="complete", samples=(), warnings=())


@pytest.mark.parametrize("width", [60, 100])
def test_the_table(draw: Any, golden: Callable[[str, str], None], width: int) -> None:
    golden(f"bench-{width}.txt", draw(BenchReport(benched(), {"model": "A small model."}), width))


def test_what_many_seams_skip_is_told_in_brief(draw: Any) -> None:
    seams = [f"seam_{number}" for number in range(12)]
    untimed = [not_measured(name, "no time was left to measure it") for name in seams]
    inside = [not_measured(f"part_{n}", f"macro only: argument {n} is a table of seams") for n in range(3)]
    found = document((alone("gate", (312e3, 308e3, 316e3)), *untimed, *inside), command="perfkit bench")
    brief, whole = (draw(BenchReport(found, {}, verbose), 100) for verbose in (False, True))

    assert "seam_0, seam_1, seam_2, seam_3, seam_4, seam_5, and 6 more (-v): no time was left" in brief
    assert "part_0, part_1, part_2: macro only (why: -v)" in brief
    assert "argument 2" not in brief
    assert "seam_11: no time was left" in " ".join(whole.split())
    assert "part_2: macro only: argument 2 is a table of seams" in whole


def test_the_table_of_a_function(draw: Any, golden: Callable[[str, str], None]) -> None:
    golden("bench-function.txt", draw(BenchReport(of_function(), {}), 100))


def test_a_saved_run_is_told_from_those_of_compare(invented: Any) -> None:
    assert is_bench(benched())
    assert not is_bench(invented.full)
    assert isinstance(report_of(benched(), {}, {}), BenchReport)


def shown(*, penalty: float) -> tuple[tuple[Shown, ...], tuple[Penalty, ...]]:
    normal = [max(0.0, 1 - i / 100) for i in range(200)]
    path = tuple((n, min(0.2, 1 - n), 1 - n - min(0.2, 1 - n)) for n in normal)
    ratio = Speedup(point=0.61, low=0.58, high=0.64, level=0.95)
    gate = alone("gate", (312e3, 308e3, 316e3))
    swiglu = document((gate, beside(gate, "inplace", "faster", (1.262, 1.244, 1.281))), samples=(), warnings=())
    one = Shown(trap=TRAPS[0], naive=Naive(time_ns=(5e5, 4e5, 6e5), ratio=ratio, worst=2.4, path=path), safe=swiglu)
    two = Shown(
        trap=TRAPS[1], naive=Naive(time_ns=(2e5, 1.9e5, 2.1e5), ratio=None, worst=9.0, path=path), safe=of_function()
    )
    found = tuple(
        Penalty(operation=name, dtype=dtype, of=of, ratio=penalty, low=0.98 * penalty, high=1.02 * penalty)
        for name in ("multiply", "exp")
        for dtype in ("float32", "float64")
        for of in ("inputs", "results")
    )
    return (one, two), found


@pytest.mark.parametrize(
    ("name", "penalty", "verbose"), [("dear", 12.0, False), ("all", 12.0, True), ("none", 1.01, False)]
)
def test_the_trap(draw: Any, golden: Callable[[str, str], None], name: str, penalty: float, verbose: bool) -> None:
    golden(f"trap-{name}.txt", draw(TrapReport(*shown(penalty=penalty), verbose), 100))


def test_the_trap_as_json(perfkit_here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (first, second), penalties = shown(penalty=12.0)
    first = replace(first, safe=replace(first.safe, environment=describe() | {"threads": 1}))
    monkeypatch.setattr(api, "traps", lambda *args, **options: ((first, second), penalties))
    done = perfkit_here("bench", "--trap", "--json", "-")
    definitions = schema()["$defs"]

    jsonschema.Draft202012Validator({"$ref": "#/$defs/trap", "$defs": definitions}).validate(done.json)
    swiglu, weights = done.json["traps"]
    assert (swiglu["naive"]["speedup"]["point"], swiglu["fresh"]["verdict"]) == (0.61, "faster")
    assert swiglu["claim"]["slower"] == 100.0
    assert len(swiglu["naive"]["data"]["subnormal"]) == 200
    assert (weights["claim"], weights["fresh"]["speedup"]) == (None, None)
    assert weights["naive"]["time_ns"]["point"] == 2e5
    assert {p["ratio"] for p in done.json["penalties"]} == {12.0}
    assert not jsonschema.Draft202012Validator({"$ref": "#/$defs/trap", "$defs": definitions}).is_valid(
        {**done.json, "penalties": [{"operation": "exp"}]}
    )


def test_a_share_that_is_there_is_never_blank() -> None:
    assert sparkline([0.0, 0.001, 0.5, 1.0]) == " ▁▄█"
    assert sparkline([1.0] * 100, width=10) == "█" * 10
    assert sparkline([]) == ""
