"""The forms of the spectral encoder, mix and model that are timed on a GPU, and the transformer beside them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn

from perfkit.sample_targets.spectral import ops as spectral_ops
from perfkit.sample_targets.traditional import ops as traditional_ops

__all__ = ["BESIDE", "COMPILED", "DOCUMENTED", "FORMS", "MIXES", "Form", "Unavailable", "quiet", "table_of"]

Make = Callable[[torch.device], Any]
DOCUMENTED = "documented"


class Unavailable(Exception):
    """Why a form cannot be had here."""


@dataclass(frozen=True)
class Form:
    """A way to compute the same: `table(device)` is its table of seams; it raises Unavailable.

    `proven_only`: why it is proven on that device and not timed, "" where it is.
    """

    name: str
    table: Make
    proven_only: Callable[[torch.device], str] = lambda device: ""


def recipes(*names: str, of: str = "spectral") -> Make:
    """The documented table with recipes switched on, and with tables that are made once, where they are used."""

    def table(device: torch.device) -> Any:
        found = BASELINES[of](device)
        for name in names:
            found = import_module(f"perfkit.recipes.{of}.{name.replace('-', '_')}").RECIPE.apply(found)
        return found

    return table


def _spectral(device: torch.device) -> Any:
    held: dict[tuple[int, int, torch.dtype], Any] = {}

    def twiddles(length: int, k: int, dtype: torch.dtype) -> Any:
        if (length, k, dtype) not in held:
            held[length, k, dtype] = tuple(table.to(device) for table in spectral_ops.twiddles(length, k, dtype))
        return held[length, k, dtype]

    # for a compiler a constant: what fills a dictionary is compiled once more when it is filled
    held_fast = torch.compiler.assume_constant_result(twiddles)
    return replace(spectral_ops.BASELINE, twiddles=held_fast)  # which the documented form does not call


def _traditional(device: torch.device) -> Any:
    def mask(length: int) -> Any:
        return nn.Transformer.generate_square_subsequent_mask(length, device=device)

    return replace(traditional_ops.BASELINE, mask=mask)  # made in each call, as documented


BASELINES: dict[str, Make] = {"spectral": _spectral, "traditional": _traditional}


def compiled(make: Make) -> Make:
    """The same by torch.compile: features, mix, and all of the model in one."""

    def table(device: torch.device) -> Any:
        found = make(device)
        fast = {name: torch.compile(getattr(found, name)) for name in ("features", "mix") if hasattr(found, name)}
        return replace(found, forward=torch.compile(found.forward), **fast)

    return table


def features_without_writing(ops: Any, bands: Any, signal: Any, width: int) -> Any:
    """The vectorised features as a compiler takes them: nothing is written into a part of something else."""
    k = spectral_ops.bins(signal.shape[1], width)
    spectrum = torch.view_as_real(torch.fft.rfft(signal)[:, :k])
    real, imag = spectrum[..., 0], spectrum[..., 1]
    size = (real * real + imag * imag).sqrt()
    zero = size == 0
    scale = torch.where(zero, 1.0, size)
    cosine, sine = (real / scale)[:, None], (imag / scale)[:, None]
    turn_cosine, turn_sine = ops.twiddles(signal.shape[1], k, signal.dtype)
    shown = torch.where(zero[:, None], 1.0, cosine * turn_cosine - sine * turn_sine)
    magnitude = (size * bands[:k])[:, None].expand(shown.shape)
    return spectral_ops.fitted([magnitude, cosine * turn_sine + sine * turn_cosine, shown], width)


def mix_along_the_last(mix: Any, x: Any) -> Any:
    """The mix by real transforms as a compiler takes it.

    What a transform along another than the last axis leaves need not lie as the compiler expects.
    """
    x, length = x.to(mix.real.dtype), x.shape[1]  # autocast may hand over fewer bits
    k = spectral_ops.bins(length, x.shape[2])
    weights = torch.complex(mix.real[:, :k], mix.imag[:, :k])  # (D, K)
    halves = torch.full((k,), 0.5, dtype=x.dtype, device=x.device)
    halves[0] = 1.0
    spectrum = torch.fft.rfft(x.transpose(1, 2).contiguous())[..., :k] * (weights * halves)  # (B, D, K)
    return torch.fft.irfft(spectrum, n=length).transpose(1, 2) + mix.bias


def without_writing(device: torch.device) -> Any:
    return replace(VECTORISED(device), features=features_without_writing, mix=mix_along_the_last)


def triton(device: torch.device) -> Any:
    if find_spec("triton") is None:
        raise Unavailable("triton is not installed")
    if device.type != "cuda" and find_spec("numpy") is None:
        raise Unavailable("numpy, which Triton's interpreter needs, is not installed")
    return recipes("triton-encoding", "triton-mix", "drop-dead-fft")(device)


def cuda(device: torch.device) -> Any:
    if device.type != "cuda":
        raise Unavailable("it runs on an NVIDIA GPU alone")
    module = import_module("perfkit.recipes.spectral.cuda_encoding")
    capability = torch.cuda.get_device_capability(device)
    try:
        if not module.library_path(capability).is_file():
            print(f"nvcc compiles the kernel in CUDA C++: {module.build(capability)}")
    except module.NotBuilt as error:
        raise Unavailable(str(error)) from error
    return recipes("cuda-encoding", "rfft-mix", "drop-dead-fft")(device)


def interpreted(device: torch.device) -> str:
    return "" if device.type == "cuda" else "proven by the interpreter, not measurable here: no NVIDIA GPU"


VECTORISED = recipes("vectorized-encoding", "rfft-mix", "drop-dead-fft")
FORMS = (
    Form(DOCUMENTED, recipes()),
    Form("vectorised", VECTORISED),
    Form("torch.compile", compiled(without_writing)),
    Form("Triton", triton, interpreted),
    Form("CUDA C++", cuda),
)
MIXES = (
    Form(DOCUMENTED, recipes()),
    Form("rfft-mix", recipes("rfft-mix")),
    Form("fused-mix", recipes("fused-mix")),
    Form("Triton", triton, interpreted),
)
BESIDE = (
    Form("traditional", recipes(of="traditional")),
    Form("traditional, sdpa", recipes("sdpa", of="traditional")),
    Form("traditional, torch.compile", compiled(recipes(of="traditional"))),
)
COMPILED = ("torch.compile", "traditional, torch.compile")


def table_of(form: Form, device: torch.device) -> Any:
    """Its table of seams. Raises Unavailable."""
    return form.table(device)


@contextmanager
def quiet() -> Iterator[None]:
    """Without what compilers say about code that they leave as it is: complex numbers, caches, small GPUs."""
    logger = logging.getLogger("torch._dynamo")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
