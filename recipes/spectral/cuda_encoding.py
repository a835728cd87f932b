"""Encode bytes in one kernel of CUDA C++: normalise, transform, extract.

What it does
    One kernel in the place of some ten calls for each position (`kernels/encoding.cu`). A block of threads takes a
    window, 32 bins and 32 positions: eight threads add up each bin, then each writes what every eighth position sees of
    it. nvcc compiles it into a shared library, once, when it is told to: `python -m
    perfkit.recipes.spectral.cuda_encoding` does, and says where it lies, in perfkit's cache folder. Python calls it
    with addresses and torch's current stream; no header of torch's is compiled, which would take minutes. What one
    thread computes stands in `kernels/encoding.h`, which a C++ compiler for processors takes as well: tests prove that.

Why the baseline is slow
    It rolls, transforms and takes the angle of the whole window for each of its T positions, and each of these calls
    is a kernel of its own that takes longer to start than to run.

When it loses
    It adds up T products for each bin, O(T K), where a transform takes O(T log T), and does so anew for each block of
    positions. It needs a compiler, and a library for each kind of GPU.

Source
    The notes of the spectral model: "CUDA C++ Kernels", for production, "after validating with Triton". They print no
    code.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import torch

from perfkit.recipe import Claim, Recipe, close, new_format

from ...sample_targets.spectral.ops import Tensor
from ._encoder import Launch, as_bytes, features_by

SOURCES = Path(__file__).resolve().parent / "kernels"
USUAL = (9, 0)  # the GPU that is compiled for where there is none
COMPILER_S = 300


class NotBuilt(RuntimeError):
    """There is no library for this machine's GPU yet."""


def compiler() -> str:
    """The path of nvcc. Raises NotBuilt where there is none."""
    home = os.environ.get("CUDA_HOME")
    found = shutil.which("nvcc", path=f"{home}/bin" if home else None) or shutil.which("nvcc")
    if found is None:
        raise NotBuilt("nvcc, CUDA's compiler, is neither in $CUDA_HOME/bin nor on the path")
    return found


def library_path(capability: tuple[int, int]) -> Path:
    """Where the library of these sources for such a GPU lies: other sources have another name."""
    text = b"".join((SOURCES / name).read_bytes() for name in ("encoding.h", "encoding.cu"))
    name = f"encoding-sm_{capability[0]}{capability[1]}-{hashlib.sha256(text).hexdigest()[:16]}.so"
    own = os.environ.get("PERFKIT_CACHE")  # as perfkit finds its folder for what can be made again
    folder = Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "perfkit"
    return folder / "cuda" / name


def build(capability: tuple[int, int]) -> Path:
    """Compile the library and say where it lies. Raises NotBuilt with what nvcc says."""
    path = library_path(capability)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    architecture = f"-arch=sm_{capability[0]}{capability[1]}"
    words = [compiler(), "-O3", architecture, "--shared", "-Xcompiler", "-fPIC", "-o", str(part)]
    ran = subprocess.run([*words, str(SOURCES / "encoding.cu")], capture_output=True, text=True, timeout=COMPILER_S)
    if ran.returncode:
        raise NotBuilt(f"nvcc ended with exit code {ran.returncode}: {ran.stderr.strip()}")
    part.replace(path)
    return path


@cache
def load(path: Path) -> Launch:
    """The launch of a library with the entries of `encoding.cu`, on tensors where it can reach them."""
    if not path.is_file():
        raise NotBuilt(f"the kernel is not compiled for this GPU yet: python -m {__name__}")
    library = ctypes.CDLL(str(path))
    pointer, whole = ctypes.c_void_p, ctypes.c_int
    for entry in (library.encode_bytes, library.encode_signal):
        entry.argtypes = [pointer] * 4 + [whole] * 4 + [pointer]
        entry.restype = whole
    library.error_text.argtypes, library.error_text.restype = [whole], ctypes.c_char_p

    def launch(out: Tensor, sizes: Tensor, values: Tensor, bands: Tensor) -> None:
        known = {torch.uint8: library.encode_bytes, torch.float32: library.encode_signal}
        if values.dtype not in known or bands.dtype != torch.float32:
            raise TypeError(f"the kernel takes uint8 or float32, and bands of float32, not {values.dtype}")
        (batch, length, width), k = out.shape, sizes.shape[1]
        addresses = [tensor.data_ptr() for tensor in (out, sizes, values, bands)]
        stream = torch.cuda.current_stream(values.device).cuda_stream if values.is_cuda else None
        with torch.cuda.device(values.device if values.is_cuda else -1):
            error = known[values.dtype](*addresses, batch, length, width, k, stream)
        if error:
            raise RuntimeError(f"CUDA's error {error}: {library.error_text(error).decode()}")

    return launch


def on_a_gpu(out: Tensor, sizes: Tensor, values: Tensor, bands: Tensor) -> None:
    """Run the kernel where the values lie. Raises ValueError where that is no GPU, NotBuilt where it is not built."""
    if not values.is_cuda:
        raise ValueError(f"the kernel reads what lies on an NVIDIA GPU, not on {values.device}")
    load(library_path(torch.cuda.get_device_capability(values.device)))(out, sizes, values, bands)


RECIPE = Recipe(
    id="cuda-encoding",
    target="spectral",
    touches={"signal", "features"},
    shadows={"twiddles"},
    apply=lambda ops: replace(ops, signal=as_bytes, features=features_by(on_a_gpu)),
    hardware={"cuda", "nvcc"},
    claim=Claim(
        text="Production CUDA: Encoding 1-2ms, Total 5-7ms, vs Traditional: Competitive",
        measure="speed-up",
        low=8.0,
        high=11.2,
        workload="forward",
        source='spectral notes, "Performance Targets"',
    ),
    equivalence=close(
        rtol=1e-4,
        atol=2e-4,
        why="a sum of products rounds otherwise than transforms; features to 2e-6 of the largest bin",
    ),
    seam_equivalence=new_format(
        {"output"}, why="the signal stays bytes; the workload `features` compares what can be compared of the other"
    ),
)


def main() -> None:
    capability = torch.cuda.get_device_capability() if torch.cuda.is_available() else USUAL
    try:
        print(f"compiled for sm_{capability[0]}{capability[1]}: {build(capability)}")
    except NotBuilt as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
