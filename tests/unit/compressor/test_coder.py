"""The arithmetic coders: what goes in comes out, at the length that theory allows, and all write the same bits."""

from __future__ import annotations

import math
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.sample_targets.compressor import ops
from tests.unit.compressor.conftest import table

TABLES = st.lists(st.integers(1, 10_000), min_size=2, max_size=40)
CODERS = ["", "coder-constants", "bulk-pending-bits", "array-coder"]
Symbols = list[int]
Tables = list[list[int]]


def cumulative(counts: list[int]) -> list[int]:
    return list(accumulate(counts, initial=0))


def of(coder: str) -> ops.Ops:
    return table(coder) if coder else ops.BASELINE


def coded(coder: str, symbols: Symbols, tables: Tables) -> list[int]:
    own = of(coder)
    encoder = own.encoder(1, own.bits)
    for symbol, one in zip(symbols, tables, strict=True):
        encoder.encode([one], [symbol])
    return list(encoder.finish()[0])


def decoded(coder: str, bits: list[int], tables: Tables) -> Symbols:
    own = of(coder)
    decoder = own.decoder([own.unpack(own.pack(bits))], own.find)
    found = [decoder.decode([one], 1)[0] for one in tables]
    assert decoder.overrun <= 32
    return found


def draw(data: Any) -> tuple[Symbols, Tables]:
    tables = [cumulative(t) for t in data.draw(st.lists(TABLES, min_size=1, max_size=30))]
    return [data.draw(st.integers(0, len(t) - 2)) for t in tables], tables


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_all_coders_write_the_same_bits_and_read_them_again(data: Any) -> None:
    symbols, tables = draw(data)
    bits = coded("", symbols, tables)

    for coder in CODERS:
        assert coded(coder, symbols, tables) == bits, coder
        assert decoded(coder, bits, tables) == symbols, coder


@pytest.mark.parametrize("coder", CODERS)
@pytest.mark.parametrize("counts", [[1, 999_999], [999_999, 1], [500_000, 500_000], [1] * 256 + [999_744]])
def test_extreme_tables(coder: str, counts: list[int]) -> None:
    rng = np.random.default_rng(0)
    symbols = [0, len(counts) - 1, *rng.integers(0, len(counts), 200).tolist(), 0, 0, 0]
    tables = [cumulative(counts)] * len(symbols)

    bits = coded(coder, symbols, tables)
    assert bits == coded("", symbols, tables)
    assert decoded(coder, bits, tables) == symbols


@given(st.data(), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_streams_side_by_side_are_those_of_each_alone(data: Any, states: int) -> None:
    """Of unequal length, as the last bytes of a file leave them: the first streams are the longer ones."""
    steps = data.draw(st.integers(1, 12))
    longer = data.draw(st.integers(1, states))
    counts = data.draw(st.lists(st.integers(1, 900), min_size=4, max_size=4))
    one = cumulative(counts)
    symbols = [[data.draw(st.integers(0, 3)) for _ in range(steps - (at >= longer))] for at in range(states)]
    own = table("array-coder")
    encoder = own.encoder(states, own.bits)
    rows = np.array([one] * states)
    for step in range(steps):
        now = [s[step] for s in symbols if step < len(s)]
        encoder.encode(rows, now)  # type: ignore[arg-type]
    streams = [list(bits) for bits in encoder.finish()]

    assert streams == [coded("", s, [one] * len(s)) for s in symbols]
    decoder = own.decoder(streams, own.find)
    found = [decoder.decode(rows, sum(step < len(s) for s in symbols)) for step in range(steps)]  # type: ignore[arg-type]
    assert [[row[at] for row in found if at < len(row)] for at in range(states)] == symbols


def text_like() -> tuple[Symbols, list[int]]:
    """100,000 symbols of a skewed source, and its counts."""
    rng = np.random.default_rng(1)
    weights = rng.zipf(1.3, 256).clip(1, 50_000)
    symbols = rng.choice(256, 100_000, p=weights / weights.sum()).tolist()
    return symbols, weights.tolist()


@pytest.mark.parametrize("coder", ["", "bulk-pending-bits"])
def test_the_length_is_ideal_within_a_thousandth(coder: str) -> None:
    symbols, counts = text_like()
    total = sum(counts)
    ideal = -sum(math.log2(counts[s] / total) for s in symbols)

    bits = len(coded(coder, symbols, [cumulative(counts)] * len(symbols)))
    assert ideal <= bits <= ideal * 1.001 + 16


def test_it_is_as_short_as_an_independent_coder() -> None:
    constriction = pytest.importorskip("constriction")
    symbols, counts = text_like()
    model = constriction.stream.model.Categorical(np.array(counts, np.float64) / sum(counts), perfect=False)
    theirs = constriction.stream.queue.RangeEncoder()
    theirs.encode(np.array(symbols, np.int32), model)

    bits = len(coded("", symbols, [cumulative(counts)] * len(symbols)))
    assert bits == pytest.approx(32 * len(theirs.get_compressed()), rel=0.001, abs=64)


@pytest.mark.parametrize("recipe", ["", "bitarray-bits"])
@given(bits=st.lists(st.integers(0, 1), max_size=70))
def test_bits_are_packed_most_significant_first(recipe: str, bits: list[int]) -> None:
    own = of(recipe)
    held = own.bits()
    held.extend(bits)
    packed = own.pack(held)

    assert len(packed) == -(-len(bits) // 8)
    back = list(own.unpack(packed))
    assert back[: len(bits)] == bits
    assert not any(back[len(bits) :])
    assert not bits or packed[0] >> 7 == bits[0]


@pytest.mark.parametrize("recipe", ["", "bisect-lookup"])
def test_find_skips_symbols_without_counts(recipe: str) -> None:
    cumulative = [0, 0, 5, 5, 5, 9]

    assert [of(recipe).find(cumulative, c) for c in range(9)] == [1] * 5 + [4] * 4
