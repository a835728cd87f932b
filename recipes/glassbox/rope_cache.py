"""Compute the RoPE tables once instead of on every call.

What it does
    Keeps the cosine and sine tables of each (head width, base), of 2,048 positions at first, and hands out the rows
    asked for. A position beyond the end makes a table twice as long. The tables are read-only, so that no caller can
    spoil them for the next.

Why the baseline is slow
    It evaluates cosine and sine of every new position in float64, once for the queries and once for the keys, in every
    layer: four times as often as needed in a model of two layers, and again for every sequence.

When it loses
    The first call builds the whole table, which takes as long as some dozens of documented calls. It keeps half a
    megabyte at the default size. Few rows are some ten microseconds a layer, beside which a model that dequantises its
    weights in every call, or multiplies by millions of them, takes milliseconds: then nothing can be measured.

Source
    The notes of the glass-box engine, 2026-10-24: "RoPE embeddings were recomputed on every call".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.glassbox.ops import Array, rope_table

FIRST = 2048  # positions


def cached_rope_table() -> Callable[[int, int, int, float], tuple[Array, Array]]:
    """A rope_table that remembers; one for each model."""
    tables: dict[tuple[int, float], tuple[Array, Array]] = {}

    def rope_table_cached(start: int, length: int, head_dim: int, base: float) -> tuple[Array, Array]:
        held, end = tables.get((head_dim, base)), start + length
        if held is None or len(held[0]) < end:
            held = rope_table(0, FIRST if end <= FIRST else 2 * end, head_dim, base)
            for table in held:
                table.flags.writeable = False
            tables[head_dim, base] = held
        cos, sin = held
        return cos[start:end], sin[start:end]

    return rope_table_cached


RECIPE = Recipe(
    id="rope-cache",
    target="glassbox",
    touches={"rope_table"},
    apply=lambda ops: replace(ops, rope_table=cached_rope_table()),
    claim=Claim(
        text="~14% of the forward pass in small-batch regimes",
        measure="share of time",
        low=0.12,
        high=0.16,
        workload="forward-small",
        on=("einsum-optimize", "dequant-cache", "naive-sigmoid"),
        source="glass-box notes, 2026-10-24",
    ),
    equivalence=exact(),
)
