"""A 32-bit integer arithmetic coder, as its notes describe it: bit by bit, constants read through `self.engine`.

The interval [low, high] is cut in proportion to the cumulative counts; bits that both ends agree on are put out, and
an interval that straddles the middle is widened while bits are pending (Witten, Neal and Cleary, *Arithmetic Coding
for Data Compression*, CACM 1987).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

__all__ = [
    "Bits",
    "CoderConstants",
    "Decoder",
    "DecodesEach",
    "Encoder",
    "EncodesEach",
    "Find",
    "OneDecoder",
    "OneEncoder",
    "Table",
]

Table = Sequence[int]  # cumulative counts, one more than there are symbols: from 0 up, and none goes down
Find = Callable[[Table, int], int]  # a table, a count -> the symbol it falls to


class Bits(Protocol):
    """A sequence of 0 and 1 that grows."""

    def append(self, bit: int, /) -> None: ...
    def extend(self, bits: Sequence[int], /) -> None: ...
    def __len__(self) -> int: ...
    def __getitem__(self, at: int, /) -> int: ...
    def __iter__(self) -> Iterator[int]: ...


class OneEncoder(Protocol):
    """One stream of symbols in, its bits out."""

    def encode(self, cumulative: Table, symbol: int) -> None: ...
    def finish(self) -> Bits: ...


class OneDecoder(Protocol):
    """One stream of bits in, its symbols out."""

    def decode(self, cumulative: Table) -> int: ...
    @property
    def overrun(self) -> int: ...


class CoderConstants:
    """What encoder and decoder agree on."""

    BITS = 32
    MAX_RANGE = (1 << 32) - 1
    HALF = 1 << 31
    QUARTER = 1 << 30
    THREE_QUARTERS = 3 << 30


class Encoder:
    """Symbols in, bits out."""

    def __init__(self, engine: CoderConstants, bits: Bits) -> None:
        self.engine = engine
        self.low = 0
        self.high = engine.MAX_RANGE
        self.pending = 0
        self.bits = bits

    def encode(self, cumulative: Table, symbol: int) -> None:
        """Narrow the interval to `symbol`, whose counts are cumulative[symbol] to cumulative[symbol + 1]."""
        span = self.high - self.low + 1
        total = cumulative[-1]
        self.high = self.low + span * cumulative[symbol + 1] // total - 1
        self.low = self.low + span * cumulative[symbol] // total
        while True:  # slow: 2025-05-16, every constant is looked up through the engine
            if self.high < self.engine.HALF:
                self._put(0)
            elif self.low >= self.engine.HALF:
                self._put(1)
                self.low -= self.engine.HALF
                self.high -= self.engine.HALF
            elif self.low >= self.engine.QUARTER and self.high < self.engine.THREE_QUARTERS:
                self.pending += 1
                self.low -= self.engine.QUARTER
                self.high -= self.engine.QUARTER
            else:
                return
            self.low = 2 * self.low
            self.high = 2 * self.high + 1

    def finish(self) -> Bits:
        """All bits, with as many more as tell the last interval from others."""
        self.pending += 1
        self._put(0 if self.low < self.engine.QUARTER else 1)
        return self.bits

    def _put(self, bit: int) -> None:
        self.bits.append(bit)
        while self.pending > 0:
            self.bits.append(1 - bit)
            self.pending -= 1


class Decoder:
    """Bits in, symbols out; beyond the last bit it reads zeros."""

    def __init__(self, engine: CoderConstants, bits: Bits, find: Find) -> None:
        self.engine = engine
        self.bits = bits
        self.find = find
        self.position = 0
        self.low = 0
        self.high = engine.MAX_RANGE
        self.value = 0
        for _ in range(engine.BITS):
            self.value = 2 * self.value + self._next()

    def decode(self, cumulative: Table) -> int:
        """The symbol that the encoder narrowed to with the same counts."""
        span = self.high - self.low + 1
        total = cumulative[-1]
        symbol = self.find(cumulative, ((self.value - self.low + 1) * total - 1) // span)
        self.high = self.low + span * cumulative[symbol + 1] // total - 1
        self.low = self.low + span * cumulative[symbol] // total
        while True:
            if self.high < self.engine.HALF:
                pass
            elif self.low >= self.engine.HALF:
                self.low -= self.engine.HALF
                self.high -= self.engine.HALF
                self.value -= self.engine.HALF
            elif self.low >= self.engine.QUARTER and self.high < self.engine.THREE_QUARTERS:
                self.low -= self.engine.QUARTER
                self.high -= self.engine.QUARTER
                self.value -= self.engine.QUARTER
            else:
                return symbol
            self.low = 2 * self.low
            self.high = 2 * self.high + 1
            self.value = 2 * self.value + self._next()

    @property
    def overrun(self) -> int:
        """How many bits it has read beyond the last; more than `BITS` are needed for no symbol of a whole stream."""
        return max(0, self.position - len(self.bits))

    def _next(self) -> int:
        bit = self.bits[self.position] if self.position < len(self.bits) else 0
        self.position += 1
        return bit


class EncodesEach:
    """Streams side by side, each through an encoder of its own."""

    def __init__(self, coders: Sequence[OneEncoder]) -> None:
        self.coders = coders

    def encode(self, tables: Sequence[Table], symbols: Sequence[int]) -> None:
        """One symbol into each of the first len(symbols) streams, under the table of each."""
        for coder, table, symbol in zip(self.coders, tables, symbols, strict=False):
            coder.encode(table, symbol)

    def finish(self) -> list[Bits]:
        """All bits of each stream."""
        return [coder.finish() for coder in self.coders]


class DecodesEach:
    """Streams side by side, each through a decoder of its own."""

    def __init__(self, coders: Sequence[OneDecoder]) -> None:
        self.coders = coders

    def decode(self, tables: Sequence[Table], streams: int) -> list[int]:
        """The next symbol of each of the first `streams` streams, under the table of each."""
        return [coder.decode(table) for coder, table in zip(self.coders[:streams], tables, strict=False)]

    @property
    def overrun(self) -> int:
        """How many bits were read beyond the end of a stream, at most; a whole one takes no more than 32."""
        return max(coder.overrun for coder in self.coders)
