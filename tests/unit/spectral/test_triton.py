"""The Triton kernels of the spectral model by Triton's interpreter, and compiled for a GPU that is not there.

Skipped where triton is missing, which 286 MB are; `make long` brings it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from perfkit.catalog import hardware
from perfkit.sample_targets.spectral import ops as documented
from tests.unit.spectral.conftest import known, some_bytes, table
from tests.unit.spectral.features import BASELINE, DEMANDED, KINDS, apart, gradients_of_bands, windows

triton = pytest.importorskip("triton", reason="triton is not installed: pip install 'perfkit[gpu]'")

from triton.backends.compiler import GPUTarget  # noqa: E402
from triton.runtime import driver  # noqa: E402

from perfkit.recipes.spectral import triton_encoding, triton_mix  # noqa: E402

BLOCKS = ["INTERPRETED", "ON_A_GPU"]


@pytest.fixture(params=BLOCKS)
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to part the work: as the interpreter does it, and as a GPU does."""
    for module in (triton_encoding, triton_mix):
        monkeypatch.setattr(module, "INTERPRETED", getattr(module, request.param))
    return str(request.param)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [256, 33])
def test_features_are_right_to_2e_6(blocks: str, kind: str, width: int) -> None:
    lengths = (1, 2, 3, 31) if blocks == "ON_A_GPU" else (1, 2, 3, 31, 64, 100, 128)
    ops = table("spectral", "triton-encoding")
    differences = {n: apart(BASELINE, ops, windows(kind, n), width) for n in lengths}

    assert max(differences.values()) <= DEMANDED, differences


@pytest.mark.parametrize(("length", "width"), [(1, 8), (3, 33), (31, 93), (31, 33), (70, 256)])
def test_every_element_is_written(blocks: str, length: int, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ops, mix = (
        table("spectral", "triton-encoding", "triton-mix"),
        next(iter(known("spectral", width=width).model.blocks)).mix,
    )
    with monkeypatch.context() as patch:
        patch.setattr(torch, "empty", lambda *sizes, **named: torch.full(_flat(sizes), torch.nan, **named))
        features = ops.features(ops, torch.ones(width // 2), ops.signal(some_bytes(2, length)), width)
        mixed = ops.mix(mix, torch.ones(2, length, width))

    assert not features.isnan().any()
    assert not mixed.isnan().any()


def _flat(sizes: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(sizes[0]) if isinstance(sizes[0], tuple) else sizes


def test_numbers_are_taken_as_they_are_and_a_bin_of_0_has_the_phase_0() -> None:
    ops, ids, bands = table("spectral", "triton-encoding"), some_bytes(2, 24), torch.ones(6)
    zeros = torch.zeros(1, 8)

    assert torch.equal(ops.features(ops, bands, zeros, 12), documented.features(BASELINE, bands, zeros, 12))
    assert torch.equal(
        ops.features(ops, bands, documented.signal(ids), 12), ops.features(ops, bands, ops.signal(ids), 12)
    )


@pytest.mark.parametrize(("length", "width"), [(1, 8), (24, 48), (31, 12)])
def test_the_gradient_of_the_bands_is_the_documented_ones(length: int, width: int) -> None:
    tables = BASELINE, table("spectral", "triton-encoding")
    one, two = (gradients_of_bands(ops, some_bytes(2, length), width) for ops in tables)

    assert torch.allclose(one, two, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("length", "width"), [(1, 8), (2, 8), (3, 9), (64, 16), (100, 33)])
def test_the_mix_and_its_gradients_are_the_documented_ones(blocks: str, length: int, width: int) -> None:
    mix = next(iter(known("spectral", width=width).model.blocks)).mix
    x = torch.randn(2, length, width, generator=torch.Generator().manual_seed(0))
    found = []
    for ops in (BASELINE, table("spectral", "triton-mix")):
        y = x.clone().requires_grad_()
        out = ops.mix(mix, y)
        gradients = torch.autograd.grad((out**2).sum(), [y, mix.real, mix.imag, mix.bias], allow_unused=True)
        found.append([out.detach(), *(torch.zeros(1) if g is None else g for g in gradients)])

    for one, two in zip(*found, strict=True):
        assert torch.allclose(one, two.expand(one.shape), rtol=1e-4, atol=1e-4 * max(1.0, float(one.abs().max())))


# what is launched: a kernel, what it is given, and the sizes that are part of the code
BYTES, NUMBERS = torch.zeros(4, 128, dtype=torch.uint8), torch.zeros(2, 11)
LAUNCHED = {
    "encode bytes": (
        triton_encoding.KERNEL,
        (torch.empty(4, 128, 256), torch.empty(4, 64), BYTES, torch.nn.Parameter(torch.ones(128)), 0.05),
        {"T": 128, "D": 256, "K": 64, "NORMALISED": False, **triton_encoding.ON_A_GPU},
    ),
    "encode numbers, a short row": (
        triton_encoding.KERNEL,
        (torch.empty(2, 11, 15), torch.empty(2, 5), NUMBERS, torch.ones(7), 0.5),
        {"T": 11, "D": 15, "K": 5, "NORMALISED": True, **triton_encoding.ON_A_GPU},
    ),
    "mix": (
        triton_mix.KERNEL,
        (*[torch.nn.Parameter(torch.ones(128))] * 7, 128),
        {"T": 128, "D": 256, "K": 64, "BINS": 64, **triton_mix.ON_A_GPU},
    ),
}


@pytest.fixture
def hopper(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Triton takes the GPU to be there, until something is launched on it."""
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    answers = {"get_current_target": lambda: GPUTarget("cuda", 90, 32), "get_current_device": lambda: 0}
    stand_in = SimpleNamespace(**answers, get_current_stream=lambda device: 0)
    monkeypatch.setattr(driver, "_active", stand_in)  # to ask for the one that is there takes a GPU


@pytest.mark.parametrize("what", LAUNCHED)
def test_what_it_is_launched_with_makes_machine_code_for_a_hopper_gpu(what: str, hopper: None) -> None:
    kernel, given, sizes = LAUNCHED[what]
    made = kernel.compiled.warmup(*given, grid=(1,), **sizes)

    assert made.asm["cubin"].startswith(b"\x7fELF")
    assert ".target sm_90" in made.asm["ptx"]
    assert "approx" not in made.asm["ptx"]  # of sines, cosines, roots and quotients
    assert "tf32" not in made.asm["ptx"]


WRONG = {
    "a sign": ("cosine * turned_sine + sine * turned_cosine", "cosine * turned_sine - sine * turned_cosine"),
    "a scale": ("127.5", "128.0"),
    "a turn": ("turns = p * f % T", "turns = (p + 1) * f % T"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_kernel_is_told_from_a_right_one(wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = planted(tmp_path, monkeypatch, *WRONG[wrong])
    ops = replace(BASELINE, signal=module.as_bytes, features=module.features_by(module.launch))

    assert apart(BASELINE, ops, windows("any", 31), 93) > 100 * DEMANDED


@pytest.mark.slow
def test_where_a_gpu_runs_them_they_need_no_numpy() -> None:
    names = ", ".join(module.__name__ for module in (triton_encoding, triton_mix))
    subprocess.run([sys.executable, "-c", f"import sys; sys.modules['numpy'] = None; import {names}"], check=True)


@pytest.mark.slow
def test_a_wrong_kernel_is_refused_and_a_right_one_is_proven_and_not_measured(
    perfkit_here: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "_DRIVERS", ("/dev/no-such-device",))  # also where there is a GPU
    folder = tmp_path / "recipes" / "spectral"
    folder.mkdir(parents=True)
    text = changed(*WRONG["a sign"]).replace('id="triton-encoding"', 'id="wrong-kernel"')
    (folder / "wrong_kernel.py").write_text(text, encoding="utf-8")
    words = ("compare", "spectral", "--quick", "--workload", "features", "--json", "-")
    refused = perfkit_here(*words, "--recipe", "wrong-kernel", "--catalog", tmp_path)
    proven = perfkit_here(*words, "--recipe", "triton-encoding")
    strict = perfkit_here(*words, "--recipe", "triton-encoding", "--strict")

    assert (refused.rc, proven.rc, strict.rc) == (5, 0, 6)
    assert {r["verdict"] for r in refused.json["results"] if r["kind"] == "macro"} == {"rejected"}
    (row,) = (r for r in proven.json["results"] if r["kind"] == "macro")
    said = "proven by the interpreter, not measurable here: no NVIDIA GPU"
    assert (row["verdict"], row["reason"], row["note"]) == ("unavailable", "missing-hardware", said)
    assert row["proof"]["passed"]
    assert row["speedup"] is None


def changed(old: str, new: str) -> str:
    """The file of the recipe with a text of it replaced, as one of another catalogue."""
    text = Path(triton_encoding.__file__).read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new).replace("from ...sample_targets", "from perfkit.sample_targets")
    return text.replace("from ._", "from perfkit.recipes.spectral._")


def planted(folder: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> Any:
    """The recipe's module with a text of it replaced."""
    (folder / "planted_kernel.py").write_text(changed(old, new), encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "planted_kernel", raising=False)
    return import_module("planted_kernel")
