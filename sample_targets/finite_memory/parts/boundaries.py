"""Boundaries in 4,096 tokens: warm, cold, and with a cheap decode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ..backend import Backend
from ..inputs import Shared, excerpt
from ..ops import Ops
from ..tokenizer import BytePairTokenizer, PieceTokenizer


def some_tokens(shared: Shared, rng: np.random.Generator) -> Any:
    return excerpt(4096, rng)


def awkward_tokens(shared: Shared) -> Iterator[Callable[[np.random.Generator], Any]]:
    """No token, one, two, one again and again, and every token there is."""
    for length in (0, 1, 2, 3):
        yield partial(excerpt, length)
    yield lambda rng: np.full(99, int(rng.integers(0, 8000)), np.int64)
    yield lambda rng: rng.permutation(8000)


def build_warm(ops: Ops, shared: Shared) -> tuple[Ops, Backend]:
    """A backend all of whose tokens have been met: what is kept of them is there, however long one measures."""
    backend = Backend(shared.backend.tokenizer)
    ops.boundaries(ops, backend, list(range(shared.backend.tokenizer.vocabulary)))
    return ops, backend


def build_cold(ops: Ops, shared: Shared) -> tuple[Ops, Backend]:
    return ops, shared.backend


def for_warm(instance: tuple[Ops, Backend], data: Any) -> Any:
    return instance[1], data.tolist()


def for_cold(instance: tuple[Ops, Backend], data: Any) -> Any:
    return Backend(instance[1].tokenizer), data.tolist()


def run_boundaries(instance: tuple[Ops, Backend]) -> Callable[[Any], list[int]]:
    ops = instance[0]
    return lambda argument: ops.recall_boundaries(ops, argument[0], {}, argument[1])


def observe_boundaries(instance: Any, argument: Any, found: list[int]) -> dict[str, Any]:
    return {"boundaries": len(found), "at": found}


def shared_tokens(size: str, seed: int) -> Shared:
    """A tokenizer, without a model."""
    return Shared(size, Backend(BytePairTokenizer()))


def shared_pieces(size: str, seed: int) -> Shared:
    """A tokenizer whose decoding is cheap."""
    return Shared(size, Backend(PieceTokenizer()))
