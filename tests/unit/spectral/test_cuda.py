"""The encoder in CUDA C++: it is compiled where nvcc is, and what one thread computes is proven on a processor."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from perfkit.recipes.spectral import cuda_encoding as cuda
from perfkit.recipes.spectral._encoder import as_bytes, features_by
from tests.unit.spectral.conftest import some_bytes
from tests.unit.spectral.features import BASELINE, DEMANDED, KINDS, apart, gradients_of_bands, windows

CXX = next((path for name in ("c++", "g++", "clang++") if (path := shutil.which(name))), None)
NVCC = shutil.which("nvcc")
needs_compiler = pytest.mark.skipif(CXX is None, reason="no C++ compiler is on the path")
FLAGS = "-O2 -Wall -Wextra -Werror -ffp-contract=off --shared -fPIC".split()
Build = Callable[..., Any]


@pytest.fixture(scope="module")
def on_a_processor(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A table of seams whose encoder is the kernel's body, compiled without CUDA, with a text of it replaced."""

    def build(old: str = "", new: str = "") -> Any:
        folder = tmp_path_factory.mktemp("kernels")
        for source in cuda.SOURCES.iterdir():
            text = source.read_text(encoding="utf-8")
            (folder / source.name).write_text(text.replace(old, new) if old else text, encoding="utf-8")
        library = folder / "encoding_host.so"
        subprocess.run([str(CXX), *FLAGS, "-o", library, folder / "encoding_host.cpp"], check=True)
        return replace(BASELINE, signal=as_bytes, features=features_by(cuda.load(library)))

    return build


@pytest.fixture(scope="module")
def right(on_a_processor: Build) -> Any:
    return on_a_processor()


@needs_compiler
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [256, 33])
def test_what_a_thread_computes_is_right_to_2e_6(right: Any, kind: str, width: int) -> None:
    differences = {n: apart(BASELINE, right, windows(kind, n), width) for n in (1, 2, 3, 31, 64, 100, 128, 512)}

    assert max(differences.values()) <= DEMANDED, differences


@needs_compiler
def test_numbers_are_taken_as_they_are_and_a_bin_of_0_has_the_phase_0(right: Any) -> None:
    signal, bands = BASELINE.signal(some_bytes(2, 24)), torch.ones(6)

    assert torch.equal(
        right.features(right, bands, torch.zeros(1, 8), 12), BASELINE.features(BASELINE, bands, torch.zeros(1, 8), 12)
    )
    assert torch.equal(
        right.features(right, bands, signal, 12), right.features(right, bands, right.signal(some_bytes(2, 24)), 12)
    )


@needs_compiler
@pytest.mark.parametrize(("length", "width"), [(1, 8), (24, 48), (31, 12)])
def test_the_gradient_of_the_bands_is_the_documented_ones(right: Any, length: int, width: int) -> None:
    one, two = (gradients_of_bands(ops, some_bytes(2, length), width) for ops in (BASELINE, right))

    assert torch.allclose(one, two, rtol=1e-4, atol=1e-4)


@needs_compiler
@pytest.mark.parametrize(
    ("old", "new"),
    [("cosine * turn.sine + sine * turn.cosine", "cosine * turn.sine - sine * turn.cosine"), ("/ 127.5f", "/ 128.0f")],
    ids=["a sign", "a scale"],
)
def test_a_wrong_body_is_told_from_a_right_one(on_a_processor: Build, old: str, new: str) -> None:
    assert apart(BASELINE, on_a_processor(old, new), windows("any", 31), 48) > 100 * DEMANDED


@pytest.mark.skipif(NVCC is None, reason="nvcc, CUDA's compiler, is not on the path")
def test_nvcc_compiles_it_without_a_gpu_and_without_a_warning(tmp_path: Path) -> None:
    made = tmp_path / "encoding.o"
    words = [str(NVCC), "-arch=sm_90", "-Werror", "all-warnings", "-c", "-o", made, cuda.SOURCES / "encoding.cu"]
    subprocess.run(words, check=True)

    assert b"sm_90" in made.read_bytes()


def test_what_is_not_on_a_gpu_is_refused_in_words() -> None:
    ops = cuda.RECIPE.apply(BASELINE)

    with pytest.raises(ValueError, match="reads what lies on an NVIDIA GPU, not on cpu"):
        ops.features(ops, torch.ones(4), some_bytes(1, 8), 8)


def test_a_library_that_nobody_has_built_says_how_to(tmp_path: Path) -> None:
    said = "not compiled for this GPU yet: python -m perfkit.recipes.spectral.cuda_encoding"
    with pytest.raises(cuda.NotBuilt, match=re.escape(said)):
        cuda.load(tmp_path / "none.so")


def test_it_is_built_by_a_command_of_its_own_into_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    compiler = tmp_path / "nvcc"  # a stand-in, for the real one takes seconds
    compiler.write_text('#!/bin/sh\nfor last; do case "$last" in *.part) echo built > "$last";; esac; done\n')
    compiler.chmod(0o755)
    monkeypatch.setenv("PERFKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cuda, "compiler", lambda: str(compiler))
    cuda.main()

    made = cuda.library_path(cuda.USUAL if not torch.cuda.is_available() else torch.cuda.get_device_capability())
    assert capsys.readouterr().out.endswith(f"{made}\n")
    assert made.is_relative_to(tmp_path / "cache")
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert made.read_text() == "built\n"


def test_what_nvcc_refuses_is_said_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = tmp_path / "nvcc"
    compiler.write_text("#!/bin/sh\necho no such architecture >&2\nexit 3\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("PERFKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cuda, "compiler", lambda: str(compiler))

    with pytest.raises(SystemExit, match="nvcc ended with exit code 3: no such architecture"):
        cuda.main()
