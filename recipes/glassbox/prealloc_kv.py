"""Append keys and values to memory that has room, instead of copying all that went before.

What it does
    Keeps arrays of twice the length for each layer of a cache, and hands out views of what is filled. Only positions
    beyond the end are ever written, so an older, shorter view keeps its values. A cache that was filled by someone
    else, or set back, is copied once more.

Why the baseline is slow
    `np.concatenate` copies every position held, in every layer, for every token.

When it loses
    When each cache gets one token only, as in a benchmark of a single step: the first append copies everything, into
    twice the memory. And the views are not contiguous, which some products do not like.

Source
    Beyond the notes; usual in inference engines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.glassbox.ops import Array, Cache

_LEAST = 64  # positions


@dataclass
class Room:
    """Memory of one layer for keys or values: `filled` is the view handed out last."""

    memory: Array
    filled: Array

    @classmethod
    def for_(cls, old: Array, new: Array) -> Room:
        """Room for twice as much as `old` and `new` (B, KV, S, hd), beginning with `old`."""
        batch, heads, held, width = old.shape
        length = max(_LEAST, 2 * (held + new.shape[2]))
        memory = np.empty((batch, heads, length, width), np.result_type(old, new))
        memory[:, :, :held] = old
        return cls(memory, memory[:, :, :held])

    def append(self, new: Array) -> Array:
        """The view that ends with `new`."""
        held = self.filled.shape[2]
        end = held + new.shape[2]
        self.memory[:, :, held:end] = new
        self.filled = self.memory[:, :, :end]
        return self.filled

    def fits(self, old: Array, new: Array) -> bool:
        """Whether `old` is what was handed out last, and `new` goes behind it as it is."""
        enough = self.filled.shape[2] + new.shape[2] <= self.memory.shape[2]
        return self.filled is old and enough and np.result_type(old, new) == self.memory.dtype


def growing_extend_kv() -> Callable[[Cache, int, Array, Array], tuple[Array, Array]]:
    """An extend_kv that remembers the memory of each cache; one for each model."""
    rooms: WeakKeyDictionary[Cache, dict[tuple[str, int], Room]] = WeakKeyDictionary()

    def extend_kv_in_place(cache: Cache, layer: int, k: Array, v: Array) -> tuple[Array, Array]:
        own = rooms.setdefault(cache, {})
        for kind, held, new in (("keys", cache.keys, k), ("values", cache.values, v)):
            room = own.get((kind, layer))
            if room is None or not room.fits(held[layer], new):
                room = own[kind, layer] = Room.for_(held[layer], new)
            held[layer] = room.append(new)
        return cache.keys[layer], cache.values[layer]

    return extend_kv_in_place


RECIPE = Recipe(
    id="prealloc-kv",
    target="glassbox",
    status="beyond",
    touches={"extend_kv"},
    apply=lambda ops: replace(ops, extend_kv=growing_extend_kv()),
    equivalence=exact(),
)
