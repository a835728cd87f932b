"""A "glass box": a Llama-style decoder in NumPy in which every step can be looked at.

Features
- pre-norm RMSNorm with float64 sums, SwiGLU, grouped-query attention, interleaved RoPE
- input and output embedding tied, key/value cache
- simulated quantisation: weights stay in float32, and are quantised to 8 or 4 bits, with one scale a
  tensor, and dequantised when a product uses them; activations go through float16 and back, after
  the embedding and after each norm

Departures from Llama
- the weights are random (uniform, standard deviation 0.02; norms 1): what it continues makes no sense
- no tokenizer and no sampling: the prompt below is bytes, the next token is the likeliest
- quantisation changes the numbers only, nothing is computed in int8; the embedding, which is looked up
  and not multiplied by, gives its float32 rows

Whatever can be made faster is called through the table `ops` (see ops.py); nothing here asks which
variant it is. Run it: python -m perfkit.sample_targets.glassbox.model
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod, sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .ops import BASELINE, Array, Ops, Pools, Simulated, Weight, Weights

__all__ = ["Config", "Engine", "KVCache", "Simulated", "drawn", "floats", "make_weights", "stored", "weight_shapes"]

BITS = {"none": 0, "W8A16": 8, "W4A16": 4}


@dataclass(frozen=True)
class Config:
    width: int = 512
    layers: int = 2
    heads: int = 8
    kv_heads: int = 4  # each serves heads / kv_heads query heads
    ff: int = 2048
    vocab: int = 4096
    rope_base: float = 10000.0
    eps: float = 1e-6
    quantisation: str = "W8A16"  # or "W4A16", or "none" for plain float32

    def __post_init__(self) -> None:
        for name in ("width", "layers", "heads", "kv_heads", "ff", "vocab"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a whole number of at least 1, not {value!r}")
        if self.width % self.heads:
            raise ValueError(f"heads ({self.heads}) must divide width ({self.width})")
        if self.heads % self.kv_heads:
            raise ValueError(f"kv_heads ({self.kv_heads}) must divide heads ({self.heads})")
        if self.head_dim % 2:
            raise ValueError(f"width / heads must be even for RoPE, not {self.head_dim}")
        if not (self.rope_base > 0 and self.eps > 0):
            raise ValueError("rope_base and eps must be positive")
        if self.quantisation not in BITS:
            raise ValueError(f"quantisation must be {' or '.join(BITS)}: {self.quantisation!r}")

    @property
    def head_dim(self) -> int:
        return self.width // self.heads

    @property
    def parameter_count(self) -> int:
        return sum(prod(shape) for shape in weight_shapes(self).values())


def weight_shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """The name and shape, (out, in) or (width,), of every weight."""
    c = config
    kv_width = c.kv_heads * c.head_dim
    shapes: dict[str, tuple[int, ...]] = {"embed": (c.vocab, c.width)}
    for i in range(c.layers):
        shapes |= {
            f"layers.{i}.attn_norm": (c.width,),
            f"layers.{i}.wq": (c.width, c.width),
            f"layers.{i}.wk": (kv_width, c.width),
            f"layers.{i}.wv": (kv_width, c.width),
            f"layers.{i}.wo": (c.width, c.width),
            f"layers.{i}.mlp_norm": (c.width,),
            f"layers.{i}.w1": (c.ff, c.width),
            f"layers.{i}.w2": (c.ff, c.width),
            f"layers.{i}.w3": (c.width, c.ff),
        }
    return shapes | {"norm": (c.width,)}


def stored(config: Config, name: str, w: Array) -> Weight:
    """One weight as an engine keeps it: read-only float32, with the bits that the configuration gives it."""
    bits = 0 if name.endswith("norm") else BITS[config.quantisation]
    if bits and not np.isfinite(w).all():
        raise ValueError("weights must be finite")
    w = np.array(w, dtype=np.float32)
    w.flags.writeable = False  # engines share weights, and caches trust their identity
    return Simulated(w, bits) if bits else w


def floats(weight: Weight) -> Array:
    """The float32 numbers of a weight, as they were before any quantisation."""
    return weight.floats if isinstance(weight, Simulated) else weight


def drawn(rng: np.random.Generator, shape: tuple[int, ...], deviation: float) -> Array:
    """Uniform float32 numbers around 0, as PyTorch's linear layers begin with: drawn in a quarter of a normal's time.

    Their largest is 1.7 deviations, where that of a normal distribution is 5: 8 bits have steps three times as fine.
    """
    numbers = rng.random(shape, dtype=np.float32)
    numbers -= np.float32(0.5)
    numbers *= np.float32(deviation * sqrt(12))
    return numbers


def make_weights(config: Config, seed: int) -> dict[str, Weight]:
    """Random read-only weights, of as many bits as the configuration says, equal for equal seeds."""
    rng = np.random.default_rng(seed)
    weights: dict[str, Weight] = {}
    for name, shape in weight_shapes(config).items():
        w = np.ones(shape, np.float32) if name.endswith("norm") else drawn(rng, shape, 0.02)
        weights[name] = stored(config, name, w)
    return weights


class KVCache:
    """Keys (already rotated) and values of all positions so far: (B, KV, S, hd) for each layer."""

    def __init__(self, keys: list[Array], values: list[Array]) -> None:
        self.keys = keys
        self.values = values

    @classmethod
    def empty(cls, config: Config, batch: int) -> KVCache:
        none = np.empty((batch, config.kv_heads, 0, config.head_dim), np.float32)
        return cls([none] * config.layers, [none] * config.layers)

    @classmethod
    def from_arrays(cls, keys: Sequence[Array], values: Sequence[Array]) -> KVCache:
        """A cache that begins with these arrays, one (B, KV, S, hd) for each layer; not copied."""
        shapes = {array.shape for array in (*keys, *values)}
        if len(keys) != len(values) or len(shapes) != 1 or len(shapes.pop()) != 4:
            raise ValueError("a cache needs keys and values (B, KV, S, hd), one of each a layer")
        return cls(list(keys), list(values))

    @property
    def length(self) -> int:
        """S, the positions held: the position of the next token."""
        return int(self.keys[0].shape[2])


def rotate(x: Array, cos: Array, sin: Array) -> Array:
    """Interleaved RoPE: turn each pair x[2i], x[2i+1] of x (B, H, T, hd) by its angle (T, hd/2)."""
    even, odd = x[..., 0::2], x[..., 1::2]  # (B, H, T, hd/2)
    out = np.empty_like(x)
    out[..., 0::2] = even * cos - odd * sin
    out[..., 1::2] = even * sin + odd * cos
    return out


class Engine:
    """The decoder. Not for several threads at once: `ops` may keep buffers between calls."""

    def __init__(self, config: Config, weights: Weights, ops: Ops = BASELINE, workers: int | None = None) -> None:
        """`workers`: threads of each pool; by default one a processor."""
        shapes = {name: weight.shape for name, weight in weights.items()}
        expected = weight_shapes(config)
        if shapes != expected:
            wrong = sorted(n for n in shapes.keys() | expected if shapes.get(n) != expected.get(n))
            raise ValueError(f"weights do not fit the configuration: {', '.join(wrong)}")
        self.config = config
        self.weights = dict(weights)  # set_weight replaces entries here, not in the caller's dict
        self.ops = ops
        self.pools = Pools(workers)

    def close(self) -> None:
        """End the threads of the engine."""
        self.pools.close()

    def set_weight(self, name: str, array: Array) -> None:
        """Replace one weight by floats of the same shape."""
        shape = weight_shapes(self.config).get(name)
        if shape is None:
            raise ValueError(f"there is no weight {name!r}")
        if array.shape != shape:
            raise ValueError(f"{name} has shape {shape}, not {array.shape}")
        self.weights[name] = stored(self.config, name, array)

    def prefill(self, tokens: npt.ArrayLike) -> tuple[Array, KVCache]:
        """Logits (B, T, V) of tokens (B, T), and the cache to continue from."""
        ids = self.checked(tokens)
        cache = KVCache.empty(self.config, len(ids))
        return self.ops.forward(self.ops, self, ids, cache), cache

    def decode(self, tokens: npt.ArrayLike, cache: KVCache) -> Array:
        """Logits (B, V) after one more token (B, 1) each. The cache grows by one position."""
        ids = self.checked(tokens)
        if ids.shape[1] != 1:
            raise ValueError(f"decode takes one token a sequence, not {ids.shape[1]}")
        self._check_cache(cache, len(ids))
        return self.ops.forward(self.ops, self, ids, cache)[:, -1]

    def forward(self, tokens: npt.ArrayLike, cache: KVCache | None = None) -> Array:
        """Logits (B, T, V) of tokens (B, T) int, which follow what the cache holds and join it."""
        ids = self.checked(tokens)
        if cache is None:
            cache = KVCache.empty(self.config, len(ids))
        self._check_cache(cache, len(ids))
        return self.ops.forward(self.ops, self, ids, cache)

    def run(self, ids: npt.NDArray[np.integer], cache: KVCache) -> Array:
        """The documented forward pass; call `forward`, which checks its arguments."""
        ops, c = self.ops, self.config
        x = self._activation(floats(self.weights["embed"])[ids])  # (B, T, D)
        for i in range(c.layers):
            x = x + self._attention(i, self._norm(x, f"layers.{i}.attn_norm"), cache)
            x = x + self._feed_forward(i, self._norm(x, f"layers.{i}.mlp_norm"))
        return ops.head(ops, self._norm(x, "norm"), self.weights)  # (B, T, V)

    def _attention(self, i: int, x: Array, cache: KVCache) -> Array:
        ops, start = self.ops, cache.keys[i].shape[2]
        q, k, v = map(self.split, ops.qkv(ops, self.pools, x, self.weights, f"layers.{i}"))
        q = rotate(q, *self.turn(start, x.shape[1]))  # (B, H, T, hd)
        k = rotate(k, *self.turn(start, x.shape[1]))  # (B, KV, T, hd)
        k, v = ops.extend_kv(cache, i, k, v)  # (B, KV, S, hd)
        y = ops.attend(ops, q, k, v, start)  # (B, H, T, hd)
        y = y.transpose(0, 2, 1, 3).reshape(x.shape)  # (B, T, D)
        return ops.project(ops, self.pools, y, self.weights, f"layers.{i}.wo")

    def turn(self, start: int, length: int) -> tuple[Array, Array]:
        """Cosine and sine of the positions start.., (length, hd/2) each; every use asks anew."""
        return self.ops.rope_table(start, length, self.config.head_dim, self.config.rope_base)

    def split(self, x: Array) -> Array:
        """Cut the last axis into heads: (B, T, H*hd) -> (B, H, T, hd)."""
        batch, length, _ = x.shape
        return x.reshape(batch, length, -1, self.config.head_dim).transpose(0, 2, 1, 3)

    def _feed_forward(self, i: int, x: Array) -> Array:
        ops = self.ops
        a, b = ops.gate_up(ops, self.pools, x, self.weights, f"layers.{i}")  # (B, T, F)
        return ops.project(ops, self.pools, ops.gate(ops, a, b), self.weights, f"layers.{i}.w3")

    def _norm(self, x: Array, name: str) -> Array:
        weight = self.ops.get_w(self.ops, self.weights, name)  # (D,)
        return self._activation(self.ops.rms_norm(x, weight, self.config.eps))

    def _activation(self, x: Array) -> Array:
        if self.config.quantisation == "none":
            return x
        return x.astype(np.float16).astype(np.float32)  # the "A16" of W8A16 and W4A16

    def checked(self, tokens: npt.ArrayLike) -> npt.NDArray[np.integer]:
        """Tokens (B, T) as an array. Raises ValueError when they are none."""
        ids = np.asarray(tokens)
        if ids.ndim != 2 or 0 in ids.shape:
            raise ValueError(f"tokens must be (batch, time), neither of them 0, not {ids.shape}")
        if not np.issubdtype(ids.dtype, np.integer):
            raise ValueError(f"tokens must be integers, not {ids.dtype}")
        if ids.min() < 0 or ids.max() >= self.config.vocab:
            raise ValueError(f"token ids must be in 0..{self.config.vocab - 1}")
        return ids

    def _check_cache(self, cache: KVCache, batch: int) -> None:
        c, shape = self.config, cache.keys[0].shape
        held = (len(cache.keys), shape[0], shape[1], shape[3])
        if held != (c.layers, batch, c.kv_heads, c.head_dim):
            raise ValueError(f"the cache holds (layers, batch, KV heads, head width) = {held}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Continue a prompt with the glass-box engine.")
    parser.add_argument("--weights", type=Path, help="a safetensors file; random weights otherwise")
    chosen = parser.parse_args()
    config = Config()
    if chosen.weights is None:
        weights = make_weights(config, seed=0)
    else:
        from .files import load_weights

        try:
            weights = load_weights(chosen.weights, config)
        except ModuleNotFoundError as error:
            sys.exit(f"glassbox: {error}; pip install safetensors")
        except ValueError as error:
            sys.exit(f"glassbox: {error}")
    engine = Engine(config, weights)
    prompt = "The glass box shows every step."
    logits, cache = engine.prefill([list(prompt.encode())])
    token = int(logits[0, -1].argmax())
    continued = [token]
    while len(continued) < 8:
        token = int(engine.decode([[token]], cache)[0].argmax())
        continued.append(token)
    engine.close()
    print(f"{config.parameter_count:,} parameters, {config.quantisation}")
    print(f"{prompt!r} continues with the token ids {continued}")


if __name__ == "__main__":
    main()
