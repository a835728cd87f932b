"""Keep one bit for each token: whether its text ends a sentence.

What it does
    A table over the vocabulary, filled as tokens are met; boundaries are then one look-up of a whole array.

Why the baseline is slow
    It decodes and searches 4,096 tokens, some thousand of which differ.

When it loses
    On a handful of tokens, where making an array costs more than the loop.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.finite_memory.ops import TERMINATORS, Decodes, Ops

ENDS = frozenset(TERMINATORS)
UNKNOWN = 2


def table_of_ends() -> Callable[[Ops, Decodes, Sequence[int]], list[int]]:
    """`boundaries` with a table of its own for each backend."""
    tables: WeakKeyDictionary[Decodes, Any] = WeakKeyDictionary()

    def boundaries_by_table(ops: Ops, backend: Decodes, tokens: Sequence[int]) -> list[int]:
        """As `boundaries`."""
        if not tokens:
            return []
        ids = np.array(tokens[:-1], np.int64)
        ends = tables.get(backend)
        if ends is None or (len(ids) and ids.max() >= len(ends)):
            size = max(10_000, int(ids.max(initial=0)) + 1)
            grown = np.full(size, UNKNOWN, np.uint8)
            grown[: 0 if ends is None else len(ends)] = UNKNOWN if ends is None else ends
            tables[backend] = ends = grown
        found = ends[ids]
        if (new := found == UNKNOWN).any():
            for token in dict.fromkeys(ids[new].tolist()):
                ends[token] = not ENDS.isdisjoint(ops.decode_token(backend, token))
            found = ends[ids]
        inner = (np.flatnonzero(found) + 1).tolist()  # from 1 to the last position, rising
        last = len(tokens) - 1
        return [0, *inner] if inner[-1:] == [last] or not last else [0, *inner, last]

    return boundaries_by_table


RECIPE = Recipe(
    id="bool-per-token",
    target="finite-memory",
    status="beyond",
    touches={"boundaries"},
    shadows={"terminates"},
    workload="boundaries",
    apply=lambda ops: replace(ops, boundaries=table_of_ends()),
    equivalence=exact(),
)
