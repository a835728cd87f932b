"""Read the coder's constants once.

What it does
    Keeps the constants of the engine, and what is read and written in each step, in local names.

Why the baseline is slow
    Every comparison of the renormalising loop looks a constant up through `self.engine`, and every step its own fields.

When it loses
    Never: it is the same arithmetic.

Source
    The notes of the compressor, 2025-05-16: "Arithmetic Coder Loop and Search Optimization".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.compressor.coder import Bits, CoderConstants, DecodesEach, EncodesEach, Find, Table

HALF, QUARTER, THREE_QUARTERS = CoderConstants.HALF, CoderConstants.QUARTER, CoderConstants.THREE_QUARTERS


class LocalEncoder:
    """The documented encoder, with local names."""

    def __init__(self, bits: Bits) -> None:
        self.bits = bits
        self.low, self.high, self.pending = 0, CoderConstants.MAX_RANGE, 0

    def encode(self, cumulative: Table, symbol: int) -> None:
        """Narrow the interval to `symbol`."""
        low, high = self.low, self.high
        half, quarter, three_quarters = HALF, QUARTER, THREE_QUARTERS
        span, total = high - low + 1, cumulative[-1]
        high = low + span * cumulative[symbol + 1] // total - 1
        low = low + span * cumulative[symbol] // total
        while True:
            if high < half:
                self._put(0)
            elif low >= half:
                self._put(1)
                low -= half
                high -= half
            elif low >= quarter and high < three_quarters:
                self.pending += 1
                low -= quarter
                high -= quarter
            else:
                break
            low = 2 * low
            high = 2 * high + 1
        self.low, self.high = low, high

    def finish(self) -> Bits:
        """All bits."""
        self.pending += 1
        self._put(0 if self.low < QUARTER else 1)
        return self.bits

    def _put(self, bit: int) -> None:
        append = self.bits.append
        append(bit)
        opposite = 1 - bit
        for _ in range(self.pending):
            append(opposite)
        self.pending = 0


class LocalDecoder:
    """The documented decoder, with local names."""

    def __init__(self, bits: Bits, find: Find) -> None:
        self.bits, self.find, self.end = bits, find, len(bits)
        self.low, self.high, self.value, self.position = 0, CoderConstants.MAX_RANGE, 0, 0
        for _ in range(CoderConstants.BITS):
            self.value = 2 * self.value + (bits[self.position] if self.position < self.end else 0)
            self.position += 1

    def decode(self, cumulative: Table) -> int:
        """The symbol that the encoder narrowed to with the same counts."""
        low, high, value, position = self.low, self.high, self.value, self.position
        bits, end = self.bits, self.end
        half, quarter, three_quarters = HALF, QUARTER, THREE_QUARTERS
        span, total = high - low + 1, cumulative[-1]
        symbol = self.find(cumulative, ((value - low + 1) * total - 1) // span)
        high = low + span * cumulative[symbol + 1] // total - 1
        low = low + span * cumulative[symbol] // total
        while True:
            if high < half:
                pass
            elif low >= half:
                low -= half
                high -= half
                value -= half
            elif low >= quarter and high < three_quarters:
                low -= quarter
                high -= quarter
                value -= quarter
            else:
                break
            low = 2 * low
            high = 2 * high + 1
            value = 2 * value + (bits[position] if position < end else 0)
            position += 1
        self.low, self.high, self.value, self.position = low, high, value, position
        return symbol

    @property
    def overrun(self) -> int:
        """How many bits were read beyond the last."""
        return max(0, self.position - self.end)


def encoder_local(lanes: int, bits: Callable[[], Bits]) -> EncodesEach:
    """An encoder of `lanes` streams."""
    return EncodesEach([LocalEncoder(bits()) for _ in range(lanes)])


def decoder_local(streams: Sequence[Bits], find: Find) -> DecodesEach:
    """A decoder of these streams."""
    return DecodesEach([LocalDecoder(bits, find) for bits in streams])


RECIPE = Recipe(
    id="coder-constants",
    target="compressor",
    touches={"encoder", "decoder"},
    apply=lambda ops: replace(ops, encoder=encoder_local, decoder=decoder_local),
    claim=Claim(
        text="caching attributes and using bisect can reduce the engine's overhead by over 70%",
        measure="share of time",
        low=0.7,
        high=1.0,
        workload="coder",
        source="compressor notes, 2025-05-16",
        on=("bisect-lookup",),
    ),
    equivalence=exact(),
)
