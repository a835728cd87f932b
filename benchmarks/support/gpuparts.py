"""What is timed on a GPU: features, mix, inference and a training step, with inputs, proof and floor of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from math import log2
from typing import Any

import torch

from perfkit.sample_targets.compressor.text import unseen
from perfkit.sample_targets.spectral import comparable
from perfkit.sample_targets.spectral import costs as spectral_costs
from perfkit.sample_targets.spectral import model as spectral
from perfkit.sample_targets.spectral.training import Trainer
from perfkit.sample_targets.traditional import costs as traditional_costs
from perfkit.sample_targets.traditional import model as traditional

from .gpuforms import BESIDE, FORMS, MIXES, Form

__all__ = ["PARTS", "Bench", "Part", "Wrong", "inputs", "precision"]

FEATURES = 2e-6  # of the largest bin
CLOSE = {"float32": (1e-4, 2e-4), "bfloat16": (0.05, 0.1)}  # rtol, atol of logits
GRADIENTS = {"float32": 1e-4, "bfloat16": 0.3}  # of the gradient of each weight
NOTHING = {"float32": 1e-3, "bfloat16": 0.05}  # of the longest gradient of all
INPUTS = 8  # that take turns
TRIES = 100  # for each window, until it is one on which a whole model can be proven


class Wrong(Exception):
    """A form that does not compute what the documented one does."""


@dataclass(frozen=True)
class Bench:
    """On which device, and how large: B windows of T bytes, by models of those sizes.

    Without dropout, so that what is timed is what was proven: a compiler draws other masks from the same seed.
    """

    device: torch.device
    batch: int
    length: int
    spectral: spectral.Config = field(default_factory=lambda: spectral.Config(dropout=0.0))
    traditional: traditional.Config = field(default_factory=lambda: traditional.Config(dropout=0.0))

    def windows(self, more: int = 0) -> list[torch.Tensor]:
        """(B, T + more) int64 each, of text, on the device; on the first T a whole model can be proven."""
        text, count, size = torch.frombuffer(bytearray(unseen()), dtype=torch.uint8), INPUTS * self.batch, self.length
        generator = torch.Generator().manual_seed(more)
        starts = torch.randint(len(text) - size - more + 1, (TRIES * count,), generator=generator)
        drawn = (text[start : start + size + more] for start in starts.tolist())
        rows = [*islice((row for row in drawn if comparable.is_conditioned(row[:size])), count)]
        if len(rows) < count:
            raise ValueError(f"a window of {size} bytes on which a whole model can be proven is hard to find")
        return [*torch.stack(rows).long().view(INPUTS, self.batch, -1).to(self.device)]


Call = Callable[[Any], Any]


@dataclass(frozen=True)
class Part:
    """One thing to compute: `ready(bench, form's table, is it the transformer)` gives the call and its inputs.

    `prove(bench, expected, got, input, dtype)` raises Wrong. `floor` is (bytes, operations) of one call.
    """

    name: str
    forms: tuple[Form, ...]
    dtypes: tuple[str, ...]
    ready: Callable[[Bench, Any, bool], tuple[Call, list[torch.Tensor]]]
    prove: Callable[[Bench, Any, Any, Any, str], str]
    floor: Callable[[Bench, bool], tuple[float, float]]
    beside: tuple[Form, ...] = ()


def precision(bench: Bench, dtype: str) -> AbstractContextManager[Any]:
    """Products in that dtype, by torch's autocast; float32 is what there is anyway, without TF32."""
    if dtype == "float32":
        return nullcontext()
    return torch.autocast(bench.device.type, dtype=torch.bfloat16)


def _model(bench: Bench, beside: bool) -> Any:
    made: Any = traditional.make_model(bench.traditional, 0) if beside else spectral.make_model(bench.spectral, 0)
    return made.to(bench.device)


def _features(bench: Bench, ops: Any, beside: bool) -> tuple[Call, list[torch.Tensor]]:
    encoder = _model(bench, beside).encoder

    def features(ids: Any) -> Any:
        with torch.no_grad():
            return ops.features(ops, encoder.bands, ops.signal(ids), encoder.width)

    return features, bench.windows()


def _prove_features(bench: Bench, expected: Any, got: Any, ids: Any, dtype: str) -> str:
    if got.shape != expected.shape:
        raise Wrong(f"features of shape {tuple(got.shape)}, not {tuple(expected.shape)}")
    sizes = comparable.bin_sizes(ids.cpu())
    one, two = (comparable.weighted(f.double().cpu(), sizes) for f in (expected, got))
    return _within(float((one - two).abs().max()) / comparable.PER_CENT, FEATURES, "of the largest bin")


def _mix(bench: Bench, ops: Any, beside: bool) -> tuple[Call, list[torch.Tensor]]:
    mix, generator = next(iter(_model(bench, beside).blocks)).mix, torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in (mix.real, mix.imag, mix.bias):
            weight.add_(0.1 * torch.randn(weight.shape, generator=generator).to(bench.device))
    shape = (bench.batch, bench.length, bench.spectral.width)

    def mixed(x: Any) -> Any:
        with torch.no_grad():
            return ops.mix(mix, x)

    return mixed, [torch.randn(shape, generator=generator).to(bench.device) for _ in range(INPUTS)]


def _infer(bench: Bench, ops: Any, beside: bool) -> tuple[Call, list[torch.Tensor]]:
    model = _model(bench, beside)

    def infer(ids: Any) -> Any:
        with torch.no_grad():
            return ops.forward(ops, model, ids)

    return infer, bench.windows()


def _prove_close(bench: Bench, expected: Any, got: Any, given: Any, dtype: str) -> str:
    rtol, atol = CLOSE[dtype]
    if got.shape != expected.shape:
        raise Wrong(f"a result of shape {tuple(got.shape)}, not {tuple(expected.shape)}")
    over = (got.double() - expected.double()).abs() / (atol + rtol * expected.double().abs())
    return _within(float(over.max()), 1.0, f"of rtol={rtol:g}, atol={atol:g}")


def _train(bench: Bench, ops: Any, beside: bool) -> tuple[Call, list[torch.Tensor]]:
    trainer = Trainer(_model(bench, beside), ops)

    def step(windows: Any) -> Any:
        loss = trainer.step_on(windows)
        return loss, [p.grad for p in trainer.model.parameters()]

    return step, bench.windows(more=1)


def _prove_step(bench: Bench, expected: Any, got: Any, windows: Any, dtype: str) -> str:
    """Of the first step: the weights are the same before it. Gradients by length: one unit may switch its side."""
    unit, found = "of the gradient of each weight", [abs(expected[0] - got[0]) / abs(expected[0])]
    # what is 0 but for rounding, as a bias of keys is, has no scale of its own
    least = NOTHING[dtype] * max(float(one.norm()) for one in expected[1] if one is not None)
    for one, two in zip(expected[1], got[1], strict=True):
        if (one is None) != (two is None):
            raise Wrong("a weight has a gradient in one form alone")
        if one is not None:
            found.append(float((one - two).norm() / one.norm().clamp_min(least)))
    for one in found:  # each, as the largest of some may hide what is no number
        _within(one, GRADIENTS[dtype], unit)
    return _within(max(found), GRADIENTS[dtype], unit)


def _within(found: float, most: float, unit: str) -> str:
    if not found <= most:  # no number is neither
        raise Wrong(f"{found:.2g} {unit}, {most:g} at most")
    return f"{found:.2g} {unit}"


def _features_floor(bench: Bench, beside: bool) -> tuple[float, float]:
    rows, k = bench.batch * bench.length, min(bench.spectral.width, bench.length) // 2
    return 8.0 * rows + 4.0 * rows * bench.spectral.width, 6.0 * rows * k


def _mix_floor(bench: Bench, beside: bool) -> tuple[float, float]:
    numbers = bench.batch * bench.length * bench.spectral.width
    return 8.0 * numbers + 8.0 * bench.spectral.width**2 / 2, 5.0 * numbers * log2(max(bench.length, 2))


def _model_floor(bench: Bench, beside: bool) -> tuple[float, float]:
    costs = traditional_costs if beside else spectral_costs
    cost = costs.forward(None, _model(bench, beside), torch.zeros(bench.batch, bench.length, dtype=torch.int64))
    return float(cost.read), float(cost.operations)


def _train_floor(bench: Bench, beside: bool) -> tuple[float, float]:
    """Three products for each of inference; weights, gradients and both moments read and written."""
    moved, operations = _model_floor(bench, beside)
    return 7 * moved, 3 * operations


def inputs(given: list[torch.Tensor]) -> Iterator[torch.Tensor]:
    """One after the other, for ever, each at a new address."""
    while True:
        for one in given:
            yield one.clone()


PARTS = (
    Part("features", FORMS, ("float32",), _features, _prove_features, _features_floor),
    Part("mix", MIXES, ("float32",), _mix, _prove_close, _mix_floor),
    Part("inference", FORMS, ("float32", "bfloat16"), _infer, _prove_close, _model_floor, BESIDE),
    Part("training step", FORMS, ("float32", "bfloat16"), _train, _prove_step, _train_floor, BESIDE),
)
