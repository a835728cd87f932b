"""A workload for each seam, which calls it some times on what one input gives."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from perfkit.target import Target, Workload

from .ops import Ops, Order

Rng = np.random.Generator
CALLS = 20


def tables(shared: Any, rng: Rng) -> list[Any]:
    return [(sorted(rng.random(30).tolist()), rng.random(5).tolist()) for _ in range(CALLS)]


def texts(shared: Any, rng: Rng) -> list[Any]:
    return [(" ".join("".join(rng.choice(list("abcde"), 5)) for _ in range(12)),) for _ in range(CALLS)]


def orders(shared: Any, rng: Rng) -> list[Any]:
    made = [[(f"item {i}", int(rng.integers(1, 9)), float(rng.random())) for i in range(6)] for _ in range(CALLS)]
    return [(Order(items, 0.25),) for items in made]


def shares(shared: Any, rng: Rng) -> list[Any]:
    return [(rng.dirichlet(np.ones(40)),) for _ in range(CALLS)]


def ragged(shared: Any, rng: Rng) -> list[Any]:
    counts = [rng.integers(1, 9, 10) for _ in range(CALLS)]
    return [(np.concatenate([[0], np.cumsum(c)]), rng.random(c.sum())) for c in counts]


def tensors(shared: Any, rng: Rng) -> list[Any]:
    import torch

    return [(torch.from_numpy(rng.random((8, 4))).requires_grad_(), shared) for _ in range(CALLS)]


def weight(size: str, seed: int) -> Any:
    import torch

    return torch.nn.Parameter(torch.arange(4, dtype=torch.float64))


def frames(shared: Any, rng: Rng) -> list[Any]:
    import pandas as pd

    names = [rng.choice(list("abc"), 12) for _ in range(3)]
    return [(pd.DataFrame({"name": n, "amount": rng.integers(0, 99, 12)}),) for n in names]


def each_of(seam: str) -> Callable[[Any], Callable[[list[Any]], list[Any]]]:
    def call(ops: Any) -> Callable[[list[Any]], list[Any]]:
        return lambda calls: [getattr(ops, seam)(*args) for args in calls]

    return call


def rolling(ops: Any) -> Callable[[list[float]], list[float]]:
    def call(values: list[float]) -> list[float]:
        window: deque[float] = deque(maxlen=8)
        return [ops.push(window, x) for x in values]

    return call


TARGET = Target(
    id="kept",
    summary="seams whose arguments cannot be drawn",
    ops=Ops,
    workloads=(
        Workload(id="places", summary="lookups in sorted tables", data=tables, call=each_of("places")),
        Workload(id="words", summary="words of texts", data=texts, call=each_of("words")),
        Workload(id="push", summary="means of a window", data=lambda s, rng: rng.random(30).tolist(), call=rolling),
        Workload(id="price", summary="what orders cost", data=orders, call=each_of("price")),
        Workload(id="entropy", summary="entropies of shares", data=shares, call=each_of("entropy")),
        Workload(id="segments", summary="sums of segments", data=ragged, call=each_of("segments")),
        Workload(id="scaled", summary="products", data=tensors, shared=weight, call=each_of("scaled")),
        Workload(id="totals", summary="sums by name", data=frames, call=each_of("totals")),
    ),
)
