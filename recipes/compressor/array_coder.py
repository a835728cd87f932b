"""Make the tables and code the symbols of all streams at once, in numpy.

What it does
    Keeps the tables as an array, and low, high and pending bits of each stream in one number each. Bits that both ends
    agree on, and those that stay pending, are counted with one logarithm for all streams and put down as numbers; they
    become bits when the streams end. The counts are those of `min-count-table`, and so is the stream.

Why the baseline is slow
    It makes a list of 257 numbers for each byte, and codes bit by bit in Python, one stream after the other.

When it loses
    With a single stream, where forty calls of numpy cost more than the few steps of Python that they replace.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from perfkit.recipe import Recipe, new_format

from ...sample_targets.compressor.coder import Bits, Find, Table
from ...sample_targets.compressor.ops import TOTAL, Tensor, stream

Array = Any
_MASK, _TOP, _REST = (1 << 32) - 1, 1 << 31, (1 << 31) - 1


@stream("min-count")
def frequencies_array(probabilities: Tensor) -> Sequence[Table]:
    """(L, 257) int64: the cumulative counts of each stream."""
    p = probabilities.detach().numpy()
    streams, symbols = p.shape
    counts = np.floor(p * np.float32(TOTAL - symbols)).astype(np.int64) + 1
    likeliest = counts.argmax(1)
    counts[np.arange(streams), likeliest] += TOTAL - counts.sum(1)
    tables = np.zeros((streams, symbols + 1), np.int64)
    np.cumsum(counts, 1, out=tables[:, 1:])
    found: Sequence[Table] = tables  # type: ignore[assignment]
    return found


class _Interval:
    """low and high of L streams, narrowed to a symbol and widened again."""

    def __init__(self, streams: int) -> None:
        self.low = np.zeros(streams, np.int64)
        self.high = np.full(streams, _MASK, np.int64)

    def narrow(self, tables: Array, symbols: Array) -> tuple[Array, Array, Array]:
        """Numbers of bits that low and high agree on, those bits, and how many more become pending."""
        n = len(symbols)
        rows = np.arange(n)
        low, span, total = self.low[:n], self.high[:n] - self.low[:n] + 1, tables[:n, -1]
        high = low + span * tables[rows, symbols + 1] // total - 1
        low = low + span * tables[rows, symbols] // total
        agreed = 32 - _bit_length(low ^ high)
        bits = low >> (32 - agreed)
        low = (low << agreed) & _MASK
        high = ((high << agreed) & _MASK) | ((1 << agreed) - 1)
        # from the second bit on: as long as low has a 1 where high has a 0
        pending = 31 - _bit_length(~(low & ~high) & _REST)
        self.low[:n] = (low << pending) & _REST
        self.high[:n] = ((high << pending) & _REST) | _TOP | ((1 << pending) - 1)
        return agreed, bits, pending


class ArrayEncoder:
    """Encodes L streams at once."""

    def __init__(self, streams: int, bits: Callable[[], Bits]) -> None:
        self._new_bits = bits
        self._interval = _Interval(streams)
        self._pending = np.zeros(streams, np.int64)
        self._steps: list[tuple[Array, Array, Array]] = []  # of each: numbers of bits, the bits, pending before them

    def encode(self, tables: Sequence[Table], symbols: Sequence[int]) -> None:
        """One symbol into each of the first len(symbols) streams."""
        agreed, bits, pending = self._interval.narrow(np.asarray(tables), np.asarray(symbols))
        n = len(agreed)
        before = self._pending[:n].copy()
        self._steps.append((agreed, bits, before))
        self._pending[:n] = np.where(agreed > 0, pending, before + pending)

    def finish(self) -> list[Bits]:
        """All bits of each stream."""
        last = (self._interval.low >= _TOP >> 1).astype(np.int64)
        steps = [*self._steps, (np.ones_like(last), last, self._pending + 1)]
        found = []
        for at in range(len(last)):
            own = np.array([[part[at] for part in step] for step in steps if at < len(step[0])])
            bits = self._new_bits()
            bits.extend(_written_out(own[own[:, 0] > 0]).tolist())
            found.append(bits)
        return found


class ArrayDecoder:
    """Decodes L streams at once."""

    def __init__(self, streams: Sequence[Bits], find: Find) -> None:
        self._lengths = np.array([len(bits) for bits in streams])
        self._position = np.zeros(len(streams), np.int64)
        self._interval = _Interval(len(streams))
        packed = [np.packbits(np.array(list(bits), np.uint8)) for bits in streams]
        self._bytes = np.zeros((len(streams), max(map(len, packed)) + 16), np.uint8)
        for row, own in zip(self._bytes, packed, strict=True):
            row[: len(own)] = own
        self._value = self._next(np.full(len(streams), 32))

    def decode(self, tables: Sequence[Table], streams: int) -> list[int]:
        """The next symbol of each of the first `streams` streams."""
        own, interval = np.asarray(tables)[:streams], self._interval
        low, value = interval.low[:streams], self._value[:streams]
        count = ((value - low + 1) * own[:, -1] - 1) // (interval.high[:streams] - low + 1)
        symbols = (own[:, 1:-1] <= count[:, None]).sum(1)
        agreed, _, pending = interval.narrow(own, symbols)
        new = self._next(agreed + pending)
        value = ((value << agreed) & _MASK) | (new >> pending)
        self._value[:streams] = (value & _TOP) | ((value << pending) & _REST) | (new & ((1 << pending) - 1))
        found: list[int] = symbols.tolist()
        return found

    @property
    def overrun(self) -> int:
        """How many bits were read beyond the end of a stream, at most."""
        return max(0, int((self._position - self._lengths).max()))

    def _next(self, numbers: Array) -> Array:
        """The next bits of each stream, at most 56, as a number; beyond the end they are 0."""
        n = len(numbers)
        at = np.minimum(self._position[:n] >> 3, self._bytes.shape[1] - 8)
        eight = self._bytes[np.arange(n)[:, None], at[:, None] + np.arange(8)]
        window = eight.view(">u8")[:, 0].astype(np.uint64) << (self._position[:n] & 7).astype(np.uint64)
        self._position[:n] += numbers
        # a shift by all 64 is not defined
        return np.where(numbers > 0, window >> (64 - np.maximum(numbers, 1)).astype(np.uint64), 0).astype(np.int64)


def _bit_length(x: Array) -> Array:
    """How many bits each whole number below 2**53 has; 0 has none."""
    return np.frexp(x.astype(np.float64))[1].astype(np.int64)


def _written_out(steps: Array) -> Array:
    """Bits (n,) uint8 of steps (number, bits, pending): the first bit, its opposite while pending, the other bits."""
    numbers, bits, pending = steps.T
    lengths = numbers + pending
    at = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    number, value, held = (np.repeat(part, lengths) for part in (numbers, bits, pending))
    first = value >> (number - 1) & 1
    plain = value >> np.clip(number - 1 - (at - held), 0, 63) & 1
    return np.where(at == 0, first, np.where(at <= held, 1 - first, plain)).astype(np.uint8)


RECIPE = Recipe(
    id="array-coder",
    target="compressor",
    status="beyond",
    touches={"frequencies", "encoder", "decoder"},
    shadows={"find"},
    apply=lambda ops: replace(ops, frequencies=frequencies_array, encoder=ArrayEncoder, decoder=ArrayDecoder),
    equivalence=new_format({"stream"}, why="the counts of min-count-table; what comes back must be the same"),
    seam_equivalence=new_format({"output"}, why="an array instead of lists, which its own coder takes"),
)
