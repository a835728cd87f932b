"""The hand-written backward pass against torch's autograd, in float64, and the step that follows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from perfkit.sample_targets.glassbox.model import Config, Engine, make_weights, weight_shapes
from perfkit.sample_targets.glassbox.training import RATE, gradients, train_step

CONFIG = Config(width=32, layers=2, heads=4, kv_heads=2, ff=44, vocab=61, quantisation="none")


def engine_of(config: Config = CONFIG) -> Engine:
    """Weights large enough that attention matters, and norms that are not 1."""
    engine = Engine(config, make_weights(config, 0))
    rng = np.random.default_rng(0)
    for name, shape in weight_shapes(config).items():
        noise = rng.standard_normal(shape)
        engine.set_weight(name, 1 + 0.1 * noise if name.endswith("norm") else 0.25 * noise)
    return engine


def by_autograd(config: Config, weights: dict[str, Any], ids: Any) -> tuple[float, dict[str, Any]]:
    """Loss and gradients of the same model, written for torch."""
    w = {name: torch.tensor(np.asarray(v, np.float64), requires_grad=True) for name, v in weights.items()}
    batch, length = ids.shape
    half = torch.arange(0, config.head_dim, 2, dtype=torch.float64)
    angles = torch.arange(length, dtype=torch.float64)[:, None] * config.rope_base ** (-half / config.head_dim)

    def norm(x: Any, name: str) -> Any:
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + config.eps) * w[name]

    def turned(x: Any) -> Any:
        pair = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2).contiguous())
        return torch.view_as_real(pair * torch.polar(torch.ones_like(angles), angles)).flatten(-2)

    def heads(x: Any) -> Any:
        return x.reshape(batch, length, -1, config.head_dim).transpose(1, 2)

    x = w["embed"][ids]
    for i in range(config.layers):
        n = norm(x, f"layers.{i}.attn_norm")
        q, k, v = (heads(n @ w[f"layers.{i}.{name}"].T) for name in ("wq", "wk", "wv"))
        groups = config.heads // config.kv_heads
        k, v = turned(k).repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
        y = torch.nn.functional.scaled_dot_product_attention(turned(q), k, v, is_causal=True)
        x = x + y.transpose(1, 2).reshape(x.shape) @ w[f"layers.{i}.wo"].T
        n = norm(x, f"layers.{i}.mlp_norm")
        a, b = n @ w[f"layers.{i}.w1"].T, n @ w[f"layers.{i}.w2"].T
        x = x + (a * b * torch.sigmoid(b)) @ w[f"layers.{i}.w3"].T
    logits = norm(x, "norm") @ w["embed"].T
    targets = torch.as_tensor(np.roll(ids, -1, axis=1))
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()
    return float(loss.detach()), {name: tensor.grad.numpy() for name, tensor in w.items() if tensor.grad is not None}


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 12)], ids=str)
def test_every_gradient_is_that_of_autograd(shape: tuple[int, int]) -> None:
    ids = np.random.default_rng(1).integers(0, CONFIG.vocab, shape)
    engine = engine_of()

    loss, found = gradients(engine, ids)

    expected_loss, expected = by_autograd(CONFIG, engine.weights, torch.as_tensor(ids).numpy())
    assert loss == pytest.approx(expected_loss, rel=1e-5)
    assert found.keys() == expected.keys() == weight_shapes(CONFIG).keys()
    for name, gradient in expected.items():
        off = np.abs(found[name] - gradient).max() / max(np.abs(gradient).max(), 1e-12)
        assert off < 1e-4 or np.abs(gradient).max() < 1e-9, name
    engine.close()


def test_a_step_goes_down_the_gradient_and_lowers_the_loss() -> None:
    ids = np.random.default_rng(2).integers(0, CONFIG.vocab, (2, 9))
    engine = engine_of()
    before = dict(engine.weights)

    first = train_step(engine, ids)
    second = train_step(engine, ids, rate=0.01)
    third = train_step(engine, ids)

    name = "layers.1.w2"
    moved = before[name] - np.float32(RATE) * first.gradients[name].astype(np.float32)
    assert engine.weights.keys() == before.keys()
    assert third.loss < second.loss <= first.loss
    assert not np.array_equal(before[name], moved)
    engine.close()


def test_quantised_weights_are_refused() -> None:
    engine = Engine(
        Config(width=32, heads=4, kv_heads=2, ff=44, vocab=61),
        make_weights(Config(width=32, heads=4, kv_heads=2, ff=44, vocab=61), 0),
    )

    with pytest.raises(ValueError, match="quantisation 'none'"):
        gradients(engine, [[1, 2]])
    engine.close()
