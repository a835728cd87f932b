"""What a recipe needs of a machine beside modules: a literal, looked for without importing, told in rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from perfkit.catalog import hardware, open_catalogs
from perfkit.catalog.read_files import read_recipe
from perfkit.cli.exit_codes import exit_code
from perfkit.comparison.plan import Choice, set_up
from perfkit.comparison.planned_rows import rows_of
from perfkit.recipe import Recipe, exact

NOTHING = {"id": "a-recipe", "target": "toy", "touches": {"mix"}, "apply": lambda ops: ops, "equivalence": exact()}
PROVEN = "proven by the interpreter, not measurable here: no NVIDIA GPU"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"hardware": {"tpu"}}, "hardware must be of cuda, nvcc, not tpu"),
        ({"hardware": "cuda"}, "hardware must be a set or tuple of names"),
        ({"proven_by": "the interpreter"}, "proven_by says by what it is proven where its hardware is missing"),
    ],
    ids=["unknown", "a text", "proven by something where nothing is missing"],
)
def test_what_is_no_hardware_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Recipe(**NOTHING, **fields)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without a GPU and without a compiler for one."""
    monkeypatch.setattr(hardware, "_DRIVERS", ("/dev/no-such-device",))
    monkeypatch.setattr("perfkit.catalog.hardware.shutil.which", lambda name: None)
    monkeypatch.delenv("CUDA_HOME", raising=False)
    return monkeypatch


def test_what_is_missing_is_said_in_words(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert hardware.lacking(()) == ""
    assert hardware.lacking({"cuda"}) == "no NVIDIA GPU"
    assert hardware.lacking({"nvcc", "cuda"}) == "no NVIDIA GPU and no nvcc, CUDA's compiler"

    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "nvcc").touch()
    bare.setenv("CUDA_HOME", str(tmp_path))
    bare.setattr(hardware, "_DRIVERS", (str(tmp_path),))
    assert hardware.lacking({"nvcc", "cuda"}) == ""


@pytest.fixture
def needy(write_catalog: Any, tmp_path: Path, bare: pytest.MonkeyPatch) -> Path:
    """A catalogue with a recipe that needs a GPU, and one that is proven without."""
    body = "def make():\n    return lambda x, w: mix(x, w)\n"
    root: Path = write_catalog(tmp_path / "catalog", no_gpu=("mix", body), proven=("mix", body))
    for stem, more in (("no_gpu", ""), ("proven", 'proven_by="the interpreter",\n    ')):
        path = root / "recipes" / "toy" / f"{stem}.py"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("    status=", f'    hardware={{"cuda"}},\n    {more}status='), encoding="utf-8")
    return root


def test_a_recipe_that_is_proven_all_the_same_is_not_unavailable(needy: Path) -> None:
    found = open_catalogs([needy])
    lacking, proven = found.recipe("toy/no-gpu"), found.recipe("toy/proven")

    assert (lacking.unavailable, lacking.unmeasurable) == ("no NVIDIA GPU", "")
    assert (proven.unavailable, proven.unmeasurable) == ("", PROVEN)


def test_on_a_gpu_it_is_not_measured_either_where_its_target_runs_on_the_processor(
    needy: Path, bare: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bare.setattr(hardware, "_DRIVERS", (str(tmp_path),))
    found = open_catalogs([needy])
    said = "toy runs on the processor"

    assert found.recipe("toy/no-gpu").unavailable == said
    assert found.recipe("toy/proven").unmeasurable == f"proven by the interpreter, not measurable here: {said}"


def test_its_rows_are_proven_and_not_measured(needy: Path) -> None:
    found = open_catalogs([needy])
    plan = set_up(found, Choice(recipes=["toy/proven"], target="toy"))
    (variant,) = plan.variants
    rows = list(rows_of(plan, {}, ["in-process"]))

    assert plan.measurable(variant) == ((),)
    assert {row.cell.kind for row in rows} == {"micro", "macro"}
    assert {(row.remark, row.reason) for row in rows} == {(PROVEN, "missing-hardware")}


def test_where_another_stands_beside_it_the_row_says_which_is_meant(needy: Path) -> None:
    found = open_catalogs([needy])
    plan = set_up(found, Choice(recipes=["toy/proven"], target="toy"))
    both = (plan.variants[0][0], replace(plan.variants[0][0], recipe=replace(plan.variants[0][0].recipe, id="other")))

    assert plan.no_measure(both, ()) == f"proven is {PROVEN}"
    assert plan.no_measure(both[1:], ("toy/proven",)) == f"proven is {PROVEN}"


@pytest.mark.parametrize(
    ("strict", "passed", "verdict", "code"),
    [(False, True, "unavailable", 0), (True, True, "unavailable", 6), (False, False, "rejected", 5)],
    ids=["proven", "proven, under --strict", "refused"],
)
def test_proven_and_not_measurable_is_no_failure(strict: bool, passed: bool, verdict: str, code: int) -> None:
    result = SimpleNamespace(
        recipes=("toy/proven",), reason="missing-hardware", verdict=verdict, proof=SimpleNamespace(passed=passed)
    )
    document: Any = SimpleNamespace(status="finished", results=(result,))
    found: Any = SimpleNamespace(recipes=())

    assert exit_code(document, found, named=True, strict=strict) == code


def test_the_kernels_of_the_spectral_model_say_what_they_lack(bare: pytest.MonkeyPatch) -> None:
    folder = Path(hardware.__file__).parents[1] / "recipes" / "spectral"
    bare.setattr("perfkit.catalog.installed.is_installed", lambda name: name != "triton")
    without = {
        name: read_recipe(folder / f"{name}.py", "perfkit.recipes", None)
        for name in ("triton_encoding", "cuda_encoding")
    }
    assert without["triton_encoding"].unavailable == "pip install triton (triton is not installed)"
    assert without["cuda_encoding"].unavailable == "no NVIDIA GPU and no nvcc, CUDA's compiler"

    bare.setattr("perfkit.catalog.installed.is_installed", lambda name: True)
    there = read_recipe(folder / "triton_encoding.py", "perfkit.recipes", None)
    assert (there.unavailable, there.unmeasurable) == ("", PROVEN)
