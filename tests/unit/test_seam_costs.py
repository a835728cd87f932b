"""What a seam is said to do at least agrees with what is counted while it does it, and no known form does less."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch

from perfkit.sample_targets.compressor import costs as compressor
from perfkit.sample_targets.compressor import ops as compressing
from perfkit.sample_targets.finite_memory import costs as finite
from perfkit.sample_targets.finite_memory import knapsack, sliding
from perfkit.sample_targets.finite_memory import ops as finite_ops
from perfkit.sample_targets.finite_memory.backend import Backend, generate, probe_scores
from perfkit.sample_targets.finite_memory.model import Config as TinyConfig
from perfkit.sample_targets.finite_memory.model import make_model as language_model
from perfkit.sample_targets.glassbox import costs as glassbox
from perfkit.sample_targets.glassbox import ops as glass
from perfkit.sample_targets.spectral import costs as spectral
from perfkit.sample_targets.spectral import ops as spectra
from perfkit.sample_targets.spectral.model import Config as SpectralConfig
from perfkit.sample_targets.spectral.model import make_model as spectral_model
from perfkit.sample_targets.spectral_causal import ops as causal
from perfkit.sample_targets.traditional import costs as traditional
from perfkit.sample_targets.traditional import ops as layers
from perfkit.sample_targets.traditional.model import Config as LayersConfig
from perfkit.sample_targets.traditional.model import make_model as layers_model

from .compressor.conftest import NARROW, model
from .counting import Number, by_numpy, by_torch, counted_array

RNG = np.random.default_rng(0)
SPECTRAL = spectral_model(SpectralConfig(width=32, layers=2), 0).requires_grad_(False)
LAYERS = layers_model(LayersConfig(width=24, layers=2, heads=3, ff=40), 0)


def array(*shape: int) -> Any:
    return counted_array(RNG.standard_normal(shape).astype(np.float32))


def tensor(*shape: int) -> torch.Tensor:
    return torch.from_numpy(RNG.standard_normal(shape).astype(np.float32))


def test_elements_of_numpy_are_counted_as_stated() -> None:
    a, b, weight = array(3, 64), array(3, 64), array(64)

    assert by_numpy(lambda: 1 / (1 + np.exp(-a))) == glassbox.sigmoid(a).operations
    assert by_numpy(lambda: a * b / (1 + np.exp(-b))) == glassbox.gate(None, a, b).operations
    normed = by_numpy(lambda: a * (1 / np.sqrt(np.add.reduce(a * a, -1, keepdims=True) / 64 + 1e-6)) * weight)
    assert normed == glassbox.rms_norm(a, weight, 1e-6).operations + 4 * 3  # of each row besides


@pytest.mark.parametrize("spec", ["bhtd,bhsd->bhts", "btd,vd->btv"])
def test_products_of_numpy_are_counted_as_stated(spec: str) -> None:
    sizes = {"b": 2, "h": 3, "t": 5, "s": 7, "d": 11, "v": 13}
    left, right = (array(*(sizes[letter] for letter in part)) for part in spec.partition("->")[0].split(","))

    assert by_numpy(lambda: glass.contract(spec, left, right)) == glassbox.contract(spec, left, right).operations


def test_a_linear_layer_of_numpy_is_counted_as_stated() -> None:
    x, w = array(2, 5, 24), array(16, 24)

    assert by_numpy(lambda: np.matmul(x, w.T)) == glassbox.linear(None, None, x, w, "w").operations


def test_attention_of_numpy_is_counted_for_what_the_mask_leaves() -> None:
    q, k, v = array(2, 3, 4, 8), array(2, 3, 9, 8), array(2, 3, 9, 8)
    visible = np.arange(9) <= np.arange(5, 9)[:, None]
    whole = by_numpy(lambda: [glass.contract("bhtd,bhsd->bhts", q, k), glass.contract("bhtd,bhsd->bhts", q, v)])

    assert glassbox.attend(None, q, k, v, 5).operations == pytest.approx(whole * visible.mean())


@pytest.mark.parametrize("name", ["project", "inner", "head"])
def test_linear_layers_of_the_spectral_model_are_counted_as_stated(name: str) -> None:
    part = {"project": SPECTRAL.encoder, "inner": next(iter(SPECTRAL.blocks)), "head": SPECTRAL}[name]
    x = tensor(2, 10, 32)
    said, counted = spectral.COSTS[name](part, x), by_torch(lambda: getattr(spectra, name)(part, x))

    assert said.operations <= counted <= said.operations * 1.1  # what is done element by element
    assert said.read == x.numel() * 4 + 4 * sum(
        w.numel() for key, w in part.named_parameters() if key in MATRICES[name]
    )


MATRICES = {
    "project": ("wide.weight", "narrow.weight"),
    "inner": ("wide.weight", "narrow.weight"),
    "head": ("head.weight",),
}


def test_bytes_to_numbers_are_counted_as_stated() -> None:
    ids = torch.arange(20).reshape(2, 10)

    assert by_torch(lambda: spectra.signal(ids)) == spectral.signal(ids).operations


@pytest.mark.parametrize("length", [12, 64, 100])
def test_no_known_form_of_the_features_or_the_mix_does_less(length: int) -> None:
    x, signal, bands = tensor(2, length, 32), tensor(2, length), torch.ones(16)
    mixed = next(iter(SPECTRAL.blocks)).mix
    for ops, costs, folder in (
        (spectra, spectral.COSTS, "spectral"),
        (causal, spectral.causal_costs(), "spectral_causal"),
    ):
        said = costs["features"](None, bands, signal, 32).operations
        forms = [ops.BASELINE, *(recipe(folder, name) for name in ("vectorized_encoding", "rfft_mix"))]
        counts = [by_torch(lambda f=f: f.features(f, bands, signal, 32)) for f in forms]
        assert said <= min(counts), (folder, "features")
        said = costs["mix"](mixed, x).operations
        counts = [by_torch(lambda f=f: f.mix(mixed, x)) for f in forms]
        assert said <= min(counts), (folder, "mix")
        assert said >= 0.6 * min(counts), (folder, "mix")


def recipe(folder: str, name: str) -> Any:
    ops = import_module(f"perfkit.sample_targets.{folder}.ops").BASELINE
    return import_module(f"perfkit.recipes.{folder}.{name}").RECIPE.apply(ops)


def test_whole_models_are_counted_as_their_matrices_and_a_little_besides() -> None:
    ids = torch.arange(64).reshape(1, 64)
    said = spectral.forward(None, SPECTRAL, ids).operations
    assert said <= by_torch(lambda: spectra.forward(recipe("spectral", "rfft_mix"), SPECTRAL, ids))

    said = traditional.forward(None, LAYERS, ids).operations
    counted = by_torch(lambda: layers.forward(layers.BASELINE, LAYERS, ids))
    assert said <= counted <= 1.5 * said  # which computes what the mask hides, too


@pytest.mark.parametrize("length", [1, 16])
def test_layers_are_counted_for_what_the_mask_leaves(length: int) -> None:
    hidden = 4 * 2 * 2 * 24 * (length**2 - length * (length + 1) / 2)  # pairs in two windows and layers
    x = tensor(2, length, 24)
    said = traditional.transform(LAYERS, x, layers.mask(length))

    matrices = by_matrices(lambda: layers.transform(LAYERS, x, layers.mask(length)))
    assert said.operations == matrices - hidden


def test_layers_of_the_compressor_are_counted_for_what_the_mask_leaves() -> None:
    net, x = model(), tensor(1, 8, NARROW.width)
    hidden = 4 * NARROW.layers * NARROW.width * (64 - 36)
    said = compressor.transform(net, x, compressing.mask(8))

    assert said.operations == by_matrices(lambda: compressing.transform(net, x, compressing.mask(8))) - hidden
    assert compressor.head(net, x).operations * 8 == by_matrices(lambda: compressing.head(net, x))
    assert compressor.head(net, x.double()).read == 2 * compressor.head(net, x).read
    one = compressor.predict(None, net, [7]).operations
    assert one == by_matrices(lambda: _with_graph(net)) - 2 * 2 * NARROW.layers * NARROW.width  # itself, in no cache


def _with_graph(net: Any) -> None:
    """One byte predicted, by torch's plain layers: the fused ones of `no_grad` are not counted."""
    x = net.embed(torch.tensor([[7]])) + compressing.positions(net, torch.arange(1))
    compressing.head(net, compressing.transform(net, x, compressing.mask(1)))


def by_matrices(call: Any) -> float:
    """By torch's own counter; it does not know the fused attention, so that is done as two products."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops()


def test_counts_of_the_compressor_are_counted_as_stated() -> None:
    shares = torch.softmax(tensor(3, 256), -1)

    assert by_torch(lambda: compressing.frequencies(shares)) == compressor.frequencies(shares).operations


def test_plain_numbers_are_counted_as_stated() -> None:
    values = [Number(value) for value in RNG.random(50)]
    sizes = [Number(2)] * 50
    for call, said in (
        (lambda: sliding.largest(values), finite.largest(values)),
        (lambda: sliding.scale(finite_ops.BASELINE, values), finite.scale(None, values)),
        (lambda: knapsack.score_items(values, sizes), finite.score_items(values, [2] * 50)),
    ):
        Number.operations = 0
        call()
        assert Number.operations == said.operations


def test_passes_of_the_language_model_are_counted_as_stated() -> None:
    config = TinyConfig(vocab=50, width=16, layers=2, heads=2, positions=64)

    class Tokenizer:
        vocabulary = 50

    backend = Backend(Tokenizer(), language_model(config, 0))  # type: ignore[arg-type]
    said = finite.generate(backend, [3], 4, 0)
    assert said is not None
    assert said.operations == by_matrices(lambda: generate(backend, [3], 4, 0))

    said = finite.probe_scores(backend, [*range(12)], [0, 4], 4)
    assert said is not None
    assert said.operations < by_matrices(lambda: probe_scores(backend, [*range(12)], [0, 4], 4))
    assert finite.generate(Backend(Tokenizer(), object()), [3], 4, 0) is None  # type: ignore[arg-type]
