"""A whole comparison of a target whose calls run on a device: a fake one, on a virtual clock."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from perfkit import api
from perfkit.errors import PerfkitError
from perfkit.machine.roofline import Rates
from perfkit.microbench import run as microbench
from perfkit.microbench.sampling import Sampling
from perfkit.result import Document, Result
from perfkit.settings import Settings
from perfkit.sources import catalog
from perfkit.worker.device import open_device
from perfkit.worker.device.protocol import Clocks
from perfkit.worker.device.timer import DeviceTimer
from perfkit.worker.inline import InlineWorker
from tests.device import fake

BRIEF = Settings(processes=2, budget_s=0.05, whole_s=60.0, max_rounds=2, extremes="none", seed=1)
OPS = """
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.device.fake import LAST

KINDS = {"double": "call"}


def double(x: Any) -> Any:
    return doubled(x, 1_000_000)


def doubled(x: Any, ns: int, **more: Any) -> Any:
    (device,) = LAST
    out = device.empty(x.shape)

    def work() -> None:
        out[...] = 2 * x

    device.launch(work, ns, **more)
    return out


@dataclass(frozen=True)
class Ops:
    double: Callable[[Any], Any] = double
"""
TARGET = """
from typing import Any

import numpy as np

from perfkit.target import Cost, Target, Workload

from tests.device.fake import LAST

from .ops import Ops

TARGET = Target(
    id="twice",
    summary="twice as much, on a device",
    ops=Ops,
    workloads=(
        Workload(
            id="rows",
            summary="64 rows",
            data=lambda shared, rng: LAST[0].put(rng.standard_normal((64, 4)).astype(np.float32)),
            call=lambda ops: ops.double,
            cost=lambda shared: Cost(operations=256, read=1024),
        ),
    ),
    device="cuda",
)
"""
RECIPE = '''"""Planted for one test."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact
from tests.device.fake import LAST

from ...sample_targets.twice.ops import doubled


def made():
    calls = []

    def double(x):
        calls.append(True)
        return {body}

    return double


RECIPE = Recipe(
    id="{id}",
    target="twice",
    touches={{"double"}},
    apply=lambda ops: replace(ops, double=made()),
    equivalence=exact(),
    status="beyond",
)
'''
RECIPES = {
    "half": "doubled(x, 500_000)",
    "aside": 'doubled(x, 1_000_000, stream="side")',
    "undone": "LAST[0].empty(x.shape)",
    "compiled": "doubled(x, 500_000 if len(calls) > 4 else 10**12)",
}


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inline_workers: None) -> fake.FakeDevice:
    made = fake.FakeDevice()
    monkeypatch.setattr(open_device, "_OPENED", {"cuda": made})
    monkeypatch.setattr(catalog, "DeviceTimer", partial(DeviceTimer, host=made.host))
    monkeypatch.setattr(fake, "LAST", [made])
    target = tmp_path / "sample_targets" / "twice"
    target.mkdir(parents=True)
    (target / "ops.py").write_text(OPS)
    (target / "target.py").write_text(TARGET)
    recipes = tmp_path / "recipes" / "twice"
    recipes.mkdir(parents=True)
    for name, body in RECIPES.items():
        (recipes / f"{name}.py").write_text(RECIPE.format(id=name, body=body))
    return made


def compared(folder: Path, *recipes: str) -> Document:
    settings, names = replace(BRIEF, catalogs=(folder,)), [f"twice/{name}" for name in recipes]
    return api.compare(api.catalog([folder]), recipes=names, quick=True, alternatives=True, settings=settings)


def row(document: Document, recipe: str, state: str) -> Result:
    title = f"macro rows ({state})"
    return next(r for r in document.results if r.recipes == (f"twice/{recipe}",) and r.cell.title == title)


def figures(result: Result) -> tuple[float, float]:
    """Nanoseconds of the baseline, and the speed-up."""
    assert result.baseline_ns is not None
    assert result.speedup is not None
    return result.baseline_ns, result.speedup.point


def test_a_target_on_a_device_is_measured_by_its_clock(device: fake.FakeDevice, tmp_path: Path) -> None:
    device.clock = Clocks(now_mhz=900, most_mhz=1980, throttled="its temperature")
    document = compared(tmp_path, *RECIPES)
    cold_ns, cold = figures(row(document, "half", "cold L2"))
    warm_ns, warm = figures(row(document, "half", "warm L2"))
    _, aside = figures(row(document, "aside", "warm L2"))
    _, compiled = figures(row(document, "compiled", "warm L2"))

    assert cold_ns - warm_ns == pytest.approx(fake.COLD_NS, rel=0.05)  # the cache was flushed
    assert warm == pytest.approx(2, rel=0.05)
    assert cold == pytest.approx(1.6, rel=0.1)
    assert aside == pytest.approx(1, abs=0.02)  # all streams are waited for
    assert compiled == pytest.approx(2, rel=0.05)  # its first calls are not measured, nor the first rounds of others
    assert row(document, "undone", "warm L2").verdict == "rejected"  # free memory holds nothing right
    assert sum("fake:0 is slowed by its temperature" in said for said in document.warnings) == 1


def test_a_seam_alone_finds_the_last_cache_cold_where_that_is_asked(
    device: fake.FakeDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microbench, "Session", partial(microbench.Session, start=InlineWorker, at_once=1))
    found, settings = api.catalog([tmp_path]), replace(BRIEF, catalogs=(tmp_path,))
    cold_ns, warm_ns = (
        api.bench(found, ["twice/double"], how=Sampling(swept=swept), settings=settings).results[0].baseline_ns or 0.0
        for swept in (True, False)
    )

    assert cold_ns - warm_ns == pytest.approx(fake.COLD_NS, rel=0.05)


def test_what_is_quicker_than_the_device_can_be_is_refused(
    device: fake.FakeDevice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "rates", lambda: Rates(operations=1e12, read=1024 / 1.6e-3), raising=False)
    half = row(compared(tmp_path, "half"), "half", "warm L2")

    assert half.verdict == "rejected"
    assert "at the very least" in half.note


def test_without_the_device_the_target_says_so(tmp_path: Path, device: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Any:
        raise PerfkitError("torch finds no CUDA device here", hint="perfkit doctor names what there is")

    monkeypatch.setattr(open_device, "_OPENED", {})
    monkeypatch.setattr(open_device, "open_cuda", none)

    with pytest.raises(PerfkitError, match="no CUDA device"):
        compared(tmp_path, "half")


def test_a_device_that_nobody_knows_is_refused_without_running_the_file(tmp_path: Path, device: Any) -> None:
    file = tmp_path / "sample_targets" / "twice" / "target.py"
    file.write_text(TARGET.replace('"cuda"', '"tpu"'))

    found = api.catalog([tmp_path])
    assert any("device must be one of host, cuda, not 'tpu'" in str(problem) for problem in found.broken)
