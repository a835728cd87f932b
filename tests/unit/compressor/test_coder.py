"""The arithmetic coder: what goes in comes out, at the length that theory allows."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.sample_targets.compressor import ops
from perfkit.sample_targets.compressor.coder import pack, unpack

TABLES = st.lists(st.integers(1, 10_000), min_size=2, max_size=40)


def cumulative(counts: list[int]) -> list[int]:
    return list(accumulate(counts, initial=0))


def coded(symbols: list[int], tables: list[list[int]]) -> list[int]:
    encoder = ops.encoder()
    for symbol, table in zip(symbols, tables, strict=True):
        encoder.encode(table, symbol)
    return encoder.finish()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_symbols_come_back_under_tables_that_change(data: Any) -> None:
    tables = [cumulative(t) for t in data.draw(st.lists(TABLES, min_size=1, max_size=30))]
    symbols = [data.draw(st.integers(0, len(t) - 2)) for t in tables]

    decoder = ops.decoder(unpack(pack(coded(symbols, tables))), ops.find)
    assert [decoder.decode(table) for table in tables] == symbols
    assert decoder.overrun <= 32


@pytest.mark.parametrize("counts", [[1, 999_999], [999_999, 1], [500_000, 500_000], [1] * 256 + [999_744]])
def test_extreme_tables(counts: list[int]) -> None:
    rng = np.random.default_rng(0)
    symbols = [0, len(counts) - 1, *rng.integers(0, len(counts), 200).tolist(), 0, 0, 0]
    tables = [cumulative(counts)] * len(symbols)

    decoder = ops.decoder(unpack(pack(coded(symbols, tables))), ops.find)
    assert [decoder.decode(table) for table in tables] == symbols


def text_like() -> tuple[list[int], list[int]]:
    """100,000 symbols of a skewed source, and its counts."""
    rng = np.random.default_rng(1)
    weights = rng.zipf(1.3, 256).clip(1, 50_000)
    symbols = rng.choice(256, 100_000, p=weights / weights.sum()).tolist()
    return symbols, weights.tolist()


def test_the_length_is_ideal_within_a_thousandth() -> None:
    symbols, counts = text_like()
    total = sum(counts)
    ideal = -sum(math.log2(counts[s] / total) for s in symbols)

    bits = len(coded(symbols, [cumulative(counts)] * len(symbols)))
    assert ideal <= bits <= ideal * 1.001 + 16


def test_it_is_as_short_as_an_independent_coder() -> None:
    constriction = pytest.importorskip("constriction")
    symbols, counts = text_like()
    model = constriction.stream.model.Categorical(np.array(counts, np.float64) / sum(counts), perfect=False)
    theirs = constriction.stream.queue.RangeEncoder()
    theirs.encode(np.array(symbols, np.int32), model)

    bits = len(coded(symbols, [cumulative(counts)] * len(symbols)))
    assert bits == pytest.approx(32 * len(theirs.get_compressed()), rel=0.001, abs=64)


@given(st.lists(st.integers(0, 1), max_size=70))
def test_bits_are_packed_most_significant_first(bits: list[int]) -> None:
    packed = pack(bits)

    assert len(packed) == -(-len(bits) // 8)
    assert unpack(packed)[: len(bits)] == bits and not any(unpack(packed)[len(bits) :])
    assert not bits or packed[0] >> 7 == bits[0]


def test_find_skips_symbols_without_counts() -> None:
    table = [0, 0, 5, 5, 5, 9]

    assert [ops.find(table, c) for c in range(9)] == [1] * 5 + [4] * 4
