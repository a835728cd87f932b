"""The seams of the glass-box transformer, each in its documented slow form.

Every function below may be replaced by a recipe. Its docstring is the contract that a replacement
keeps: shapes, dtypes, and who owns the result. A seam that uses other seams takes the table `ops`
first and calls them through it, so that a replaced child is used by its parent too. All arguments
are positional.

Letters: B batch, T new positions, S cached and new positions together, D width, H query heads, KV
key/value heads, hd width of a head, F feed-forward width. A comment "slow: DATE" names the entry
of the performance journal (seeds/001) that this line is the "before" of.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# fmt: off
# Which seam calls which. A recipe that replaces a parent says which children it no longer calls.
TREE: dict[str, tuple[str, ...]] = {
    "forward": (
        "get_w", "rope_table", "rms_norm", "qkv", "extend_kv", "attend", "project", "gate_up", "gate", "head",
    ),
    "qkv": ("fan_out", "project"), "gate_up": ("fan_out", "project"),
    "project": ("get_w", "linear"), "get_w": ("quantize",), "linear": ("buffer",),
    "head": ("get_w", "contract"), "attend": ("contract", "score_scale"), "gate": ("sigmoid",),
}
# What each seam is. All are plain calls but `buffer`, which makes memory and does no work of its own.
KINDS: dict[str, str] = {
    "forward": "call", "qkv": "call", "gate_up": "call", "fan_out": "call", "project": "call", "get_w": "call",
    "quantize": "call", "linear": "call", "buffer": "factory", "contract": "call", "rms_norm": "call",
    "rope_table": "call", "attend": "call", "score_scale": "call", "gate": "call",
    "sigmoid": "call", "extend_kv": "call", "head": "call",
}
# fmt: on

# Seams whose arguments really recur, so that a cache by argument is honest: weights stay the same
# objects between updates, and the same positions come again in every layer and sequence.
REUSED: tuple[str, ...] = ("get_w", "quantize", "rope_table")
# Positions of the arguments that nobody reads after the call: their memory may become the result's.
CONSUMES: dict[str, tuple[int, ...]] = {"gate": (1, 2)}

# Seams to whose results no caller writes: the same one may be handed out again, and may refuse to be written to.
ONLY_READ: tuple[str, ...] = ("get_w", "quantize", "rope_table")

# Floats that a seam may be given alone, beside the program's own.
DTYPES: dict[str, tuple[str, ...]] = {
    "gate": ("float16", "float32", "float64"), "sigmoid": ("float16", "float32", "float64"),
    "rms_norm": ("float16", "float32", "float64"), "contract": ("float32", "float64"),
    "attend": ("float32", "float64"), "linear": ("float32", "float64"),
}  # fmt: skip

SUMMARIES: dict[str, str] = {
    "forward": "the whole model: token ids to logits",
    "qkv": "query, key and value projections of one layer",
    "gate_up": "the two feed-forward projections of one layer",
    "fan_out": "run a few independent projections and wait for all",
    "project": "fetch one weight and apply it",
    "get_w": "one weight as float32, quantised and dequantised if need be",
    "quantize": "one weight as whole numbers and their scale",
    "linear": "x @ w.T, in tiles on threads when large",
    "buffer": "memory for one result of linear",
    "contract": "one einsum of two operands: scores, values, logits",
    "rms_norm": "divide by the root mean square, times the weight",
    "rope_table": "cosine and sine of the positions at hand",
    "attend": "causal grouped-query attention over the cache",
    "score_scale": "what the attention scores are divided by",
    "gate": "the SwiGLU activation a * b * sigmoid(b)",
    "sigmoid": "the logistic function, element by element",
    "extend_kv": "append new keys and values to the cache of a layer",
    "head": "the output head: logits of every position",
}

POOL_ABOVE = 1e7  # multiply-adds; larger products are cut into tiles and sent to the pool
TILE_WORK = 4e6  # multiply-adds; a smaller tile costs more to hand over than it gains
SMALLEST = np.finfo(np.float32).tiny  # a smaller scale would be subnormal, or 0 for a weight of zeros
TILE_EDGE = 64  # tiles start at multiples of this, so no BLAS kernel gets a ragged edge inside


@dataclass(frozen=True)
class Simulated:
    """A weight that is kept in float32, read-only, and used as if it had `bits` bits (8 or 4)."""

    floats: npt.NDArray[np.float32]  # (out, in)
    bits: int

    @property
    def shape(self) -> tuple[int, ...]:
        return self.floats.shape


Weight = Array | Simulated
Weights = Mapping[str, Weight]


class Cache(Protocol):
    keys: list[Array]  # one (B, KV, S, hd) for each layer
    values: list[Array]  # one (B, KV, S, hd) for each layer


class Model(Protocol):
    """What `forward` runs; `model.Engine` is one."""

    ops: Ops
    weights: dict[str, Weight]
    config: Any  # model.Config

    def run(self, ids: npt.NDArray[np.integer], cache: Any) -> Array:
        """The documented forward pass."""


class Pools:
    """Two thread pools: in one, tasks waiting for their tiles could hold every thread for ever."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.tasks = ThreadPoolExecutor(self.workers, thread_name_prefix="task")
        self.tiles = ThreadPoolExecutor(self.workers, thread_name_prefix="tile")

    def close(self) -> None:
        """Wait for running work and end the threads. Closing twice is harmless."""
        self.tasks.shutdown()
        self.tiles.shutdown()


def forward(ops: Ops, model: Model, ids: npt.NDArray[np.integer], cache: Cache) -> Array:
    """Logits (B, T, V) of token ids (B, T), which follow what the cache holds and join it."""
    return model.run(ids, cache)


def qkv(ops: Ops, pools: Pools, x: Array, weights: Weights, prefix: str) -> tuple[Array, ...]:
    """Project x (B, T, D) with `{prefix}.wq`, `.wk`, `.wv`: q (B, T, H*hd), k and v (B, T, KV*hd).

    The results are read until the next forward pass begins, and then no more.
    """
    return tuple(_projections(ops, pools, x, weights, prefix, ("wq", "wk", "wv")))


def gate_up(ops: Ops, pools: Pools, x: Array, weights: Weights, prefix: str) -> tuple[Array, ...]:
    """Project x (B, T, D) with `{prefix}.w1`, `.w2`: a, b (B, T, F), living as those of `qkv`."""
    return tuple(_projections(ops, pools, x, weights, prefix, ("w1", "w2")))


def _projections(ops: Ops, pools: Pools, x: Array, weights: Weights, prefix: str, of: Sequence[str]) -> list[Any]:
    names = [f"{prefix}.{name}" for name in of]
    tasks = [partial(ops.project, ops, pools, x, weights, name) for name in names]
    return ops.fan_out(pools, tasks, x.size * sum(weights[name].shape[0] for name in names))


def fan_out(pools: Pools, tasks: Sequence[Callable[[], Any]], operations: int) -> list[Any]:
    """Run independent tasks, `operations` multiply-adds together; return their results in order."""
    futures = [pools.tasks.submit(task) for task in tasks]  # slow: 2026-10-28, however small
    return [future.result() for future in futures]


def project(ops: Ops, pools: Pools, x: Array, weights: Weights, name: str) -> Array:
    """x (..., in) times the weight `name` (out, in): (..., out), living as the results of `qkv`."""
    return ops.linear(ops, pools, x, ops.get_w(ops, weights, name), name)


def get_w(ops: Ops, weights: Weights, name: str) -> Array:
    """The weight `name` as it counts, in float32 (out, in): plain, or quantised and dequantised. The caller only reads.

    A weight is changed by putting a new object into the mapping, never by writing into the old one:
    a cache that holds a reference to the object may take identity as proof of equal values.
    """
    weight = weights[name]
    if not isinstance(weight, Simulated):
        return weight
    numbers, scale = ops.quantize(weights, name)
    return numbers.astype(np.float32) * scale  # slow: 2024-05-23, on every call


def quantize(weights: Weights, name: str) -> tuple[npt.NDArray[np.int8], np.float32]:
    """The simulated weight `name` as int8 numbers (out, in) and one scale for all: off by half a scale at most.

    Symmetric: the largest weight becomes 127, or 7 of 4 bits. The caller only reads the numbers.
    """
    weight: Any = weights[name]  # Simulated
    most = (1 << (weight.bits - 1)) - 1
    # slow: 2024-05-23, on every call; the float32 weights are all that is kept
    scale = np.float32(max(np.abs(weight.floats).max() / most, SMALLEST))
    numbers = np.clip(np.round(weight.floats / scale), -most - 1, most).astype(np.int8)
    return numbers, scale


def linear(ops: Ops, pools: Pools, x: Array, w: Array, name: str) -> Array:
    """x (..., in) @ w.T for w (out, in): (..., out), of the result type of both, in a `buffer`.

    Tiles cut M (rows of x) and N (rows of w), never K: the same operands and number of workers give
    the same bits in every run. On some CPUs a BLAS kernel rounds by the position in its matrix, so
    a replacement that must agree bit for bit everywhere keeps the cut of `tiles`.
    """
    dtype = np.result_type(x, w)
    x2d = x.reshape(-1, x.shape[-1]).astype(dtype, copy=False)  # (M, K)
    w = w.astype(dtype, copy=False)  # (N, K); matmul on mixed dtypes would not reach BLAS
    (m, k), n = x2d.shape, w.shape[0]
    out = ops.buffer(name, (m, n), dtype)
    if m * k * n <= POOL_ABOVE:
        np.matmul(x2d, w.T, out=out)
    else:  # slow: 2026-10-27, the threshold is low, and a handful of rows goes to the pool too
        cut = tiles(m, k, n, pools.workers)
        submit = pools.tiles.submit
        for future in [submit(np.matmul, x2d[i], w[j].T, out[i, j]) for i, j in cut]:
            future.result()
    return out.reshape(*x.shape[:-1], n)


def tiles(m: int, k: int, n: int, workers: int) -> list[tuple[slice, slice]]:
    """Cut an (m, n) result into about `workers` tiles, squarish: (rows, columns) of each."""
    wanted = max(1, min(workers, int(m * k * n / TILE_WORK)))
    across = min(wanted, max(1, round((wanted * n / m) ** 0.5)))
    return [(i, j) for i in _cuts(m, wanted // across) for j in _cuts(n, across)]


def _cuts(length: int, parts: int) -> list[slice]:
    edges = max(1, length // TILE_EDGE)  # the last part takes the remainder, so none is a sliver
    parts = min(parts, edges)
    starts = [TILE_EDGE * (edges * part // parts) for part in range(parts)]
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], length], strict=True)]


def buffer(name: str, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """Uninitialised, C-contiguous memory; buffers of different names never overlap.

    A name comes again in the next forward pass of the same engine, when its old contents are no
    longer read. Threads may ask for different names at once.
    """
    return np.empty(shape, dtype)  # slow: 2026-10-27, fresh for every intermediate


def contract(spec: str, a: Array, b: Array) -> Array:
    """`np.einsum(spec, a, b)`, of the result type of both: new memory, the caller may write it."""
    result: Array = np.einsum(spec, a, b)  # slow: 2024-05-23, the C iterator and not BLAS
    return result


def rms_norm(x: Array, weight: Array, eps: float) -> Array:
    """x / sqrt(mean(x**2) + eps) * weight: new memory, shape and dtype of x, mean in float64."""
    square = x.astype(np.float64)  # slow: 2026-10-25, a float64 copy of the whole activation
    square *= square
    mean = square.mean(axis=-1, keepdims=True)  # (..., 1)
    result: Array = x * (1.0 / np.sqrt(mean + eps)).astype(x.dtype) * weight
    return result


def rope_table(start: int, length: int, head_dim: int, base: float) -> tuple[Array, Array]:
    """Cosine and sine of position * base**(-2i/head_dim), positions start.. : each (length, head_dim/2) float32.

    The caller only reads them. No row depends on those beside it: a longer table may be kept and cut.
    """
    # slow: 2026-10-24, anew on every call, once for the queries and once for the keys of every layer
    frequencies = base ** (-np.arange(0, head_dim, 2, dtype=np.float64) / head_dim)  # (hd/2,)
    angles = np.arange(start, start + length, dtype=np.float64)[:, None] * frequencies  # (length, hd/2)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def attend(ops: Ops, q: Array, k: Array, v: Array, start: int) -> Array:
    """Causal attention of q (B, H, T, hd), at positions start.., over k, v (B, KV, S, hd).

    S = start + T, and query head h reads key/value head h // (H / KV). The result is new memory
    (B, H, T, hd), of the dtype that the scaled scores have.
    """
    groups = q.shape[1] // k.shape[1]
    k = np.repeat(k, groups, axis=1)  # (B, H, S, hd)
    v = np.repeat(v, groups, axis=1)  # (B, H, S, hd)
    scores = ops.contract("bhtd,bhsd->bhts", q, k) / ops.score_scale(q.shape[-1])  # (B, H, T, S)
    visible = np.arange(k.shape[2]) <= np.arange(start, start + q.shape[2])[:, None]  # (T, S)
    scores = np.where(visible, scores, -np.inf)
    scores -= scores.max(axis=-1, keepdims=True)  # so that exp cannot overflow
    shares = np.exp(scores, out=scores)
    shares /= shares.sum(axis=-1, keepdims=True)
    return ops.contract("bhts,bhsd->bhtd", shares, v)


def score_scale(head_dim: int) -> float:
    """The square root of head_dim, which divides the scores; its dtype decides theirs."""
    # slow: under NumPy 2 the root of an int is a strong float64, so float32 scores become float64,
    # and the residual stream stays float64 from the first attention on.
    root: np.float64 = np.sqrt(head_dim)
    return root


def gate(ops: Ops, a: Array, b: Array) -> Array:
    """a * b * sigmoid(b) for a, b (B, T, F) of one dtype.

    The result is new memory, or that of a or b, which the caller does not read again.
    """
    result: Array = a * b * ops.sigmoid(b)
    return result


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x)): new memory, shape and dtype of x, no warning for any finite x."""
    out = np.empty_like(x)
    positive = x >= 0
    negative = ~positive
    # slow: 2026-01-30, boolean indexing, twice each way
    out[positive] = 1.0 / (1.0 + np.exp(-x[positive]))
    small = np.exp(x[negative])
    out[negative] = small / (1.0 + small)
    return out


def extend_kv(cache: Cache, layer: int, k: Array, v: Array) -> tuple[Array, Array]:
    """Append k, v (B, KV, T, hd) to the cached arrays: both (B, KV, S, hd), stored and returned.

    v may lie in a buffer, so it is copied. An older, shorter result keeps its values. The dtype is
    the result type of old and new.
    """
    # slow: all that went before is copied for every token
    k_all = cache.keys[layer] = np.concatenate([cache.keys[layer], k], axis=2)
    v_all = cache.values[layer] = np.concatenate([cache.values[layer], v], axis=2)
    return k_all, v_all


def head(ops: Ops, x: Array, weights: Weights) -> Array:
    """Logits (B, T, V) of x (B, T, D): new memory. The head is the matrix of the embedding, "embed" (V, D)."""
    return ops.contract("btd,vd->btv", x, ops.get_w(ops, weights, "embed"))


@dataclass(frozen=True)
class Ops:
    """The table of seams an engine is built with; the docstring of each default is its contract."""

    forward: Callable[[Ops, Model, npt.NDArray[np.integer], Cache], Array] = forward
    qkv: Callable[[Ops, Pools, Array, Weights, str], tuple[Array, ...]] = qkv
    gate_up: Callable[[Ops, Pools, Array, Weights, str], tuple[Array, ...]] = gate_up
    fan_out: Callable[[Pools, Sequence[Callable[[], Any]], int], list[Any]] = fan_out
    project: Callable[[Ops, Pools, Array, Weights, str], Array] = project
    get_w: Callable[[Ops, Weights, str], Array] = get_w
    quantize: Callable[[Weights, str], tuple[npt.NDArray[np.int8], np.float32]] = quantize
    linear: Callable[[Ops, Pools, Array, Array, str], Array] = linear
    buffer: Callable[[str, tuple[int, ...], npt.DTypeLike], Array] = buffer
    contract: Callable[[str, Array, Array], Array] = contract
    rms_norm: Callable[[Array, Array, float], Array] = rms_norm
    rope_table: Callable[[int, int, int, float], tuple[Array, Array]] = rope_table
    attend: Callable[[Ops, Array, Array, Array, int], Array] = attend
    score_scale: Callable[[int], float] = score_scale
    gate: Callable[[Ops, Array, Array], Array] = gate
    sigmoid: Callable[[Array], Array] = sigmoid
    extend_kv: Callable[[Cache, int, Array, Array], tuple[Array, Array]] = extend_kv
    head: Callable[[Ops, Array, Weights], Array] = head


BASELINE = Ops()
