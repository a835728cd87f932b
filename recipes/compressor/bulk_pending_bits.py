"""Put bits out many at a time.

What it does
    Counts with `bit_length` how many bits low and high agree on and how many more become pending, shifts by that many
    at once, and puts them out with one call. The decoder does the same.

Why the baseline is slow
    It goes round its loop, compares and appends once for every bit.

When it loses
    Where each symbol gives a bit or none, as with a very confident model: then counting costs more than the loop.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.compressor.coder import Bits, DecodesEach, EncodesEach, Find, Table

_MASK, _TOP, _REST = (1 << 32) - 1, 1 << 31, (1 << 31) - 1
_BYTES = [tuple(byte >> shift & 1 for shift in range(7, -1, -1)) for byte in range(256)]


def widen(low: int, high: int) -> tuple[int, int, int, int]:
    """How many bits low and high agree on, how many more become pending, and the interval without both."""
    agreed = 32 - (low ^ high).bit_length()
    low = (low << agreed) & _MASK
    high = ((high << agreed) & _MASK) | ((1 << agreed) - 1)
    # from the second bit on: as long as low has a 1 where high has a 0
    pending = 31 - (~(low & ~high) & _REST).bit_length()
    return agreed, pending, (low << pending) & _REST, ((high << pending) & _REST) | _TOP | ((1 << pending) - 1)


class BulkEncoder:
    """Symbols in, bits out, as the documented one gives them."""

    def __init__(self, bits: Bits) -> None:
        self.bits = bits
        self.low, self.high, self.pending = 0, _MASK, 0

    def encode(self, cumulative: Table, symbol: int) -> None:
        """Narrow the interval to `symbol`."""
        low, span, total = self.low, self.high - self.low + 1, cumulative[-1]
        high = low + span * cumulative[symbol + 1] // total - 1
        low = low + span * cumulative[symbol] // total
        agreed, pending, self.low, self.high = widen(low, high)
        if not agreed:
            self.pending += pending
            return
        first = low >> 31
        self.bits.append(first)
        if self.pending:
            self.bits.extend((1 - first,) * self.pending)
        left = agreed - 1
        value = low >> (32 - agreed)
        while left >= 8:
            left -= 8
            self.bits.extend(_BYTES[value >> left & 255])
        self.bits.extend(_BYTES[value & ((1 << left) - 1)][8 - left :])
        self.pending = pending

    def finish(self) -> Bits:
        """All bits."""
        first = int(self.low >= _TOP >> 1)
        self.bits.append(first)
        self.bits.extend((1 - first,) * (self.pending + 1))
        return self.bits


class BulkDecoder:
    """Bits in, symbols out; beyond the last bit it reads zeros."""

    def __init__(self, bits: Bits, find: Find) -> None:
        self.find, self.end = find, len(bits)
        self.bits = bits
        self.low, self.high, self.value, self.position = 0, _MASK, 0, 0
        self.value = self._next(32)

    def decode(self, cumulative: Table) -> int:
        """The symbol that the encoder narrowed to with the same counts."""
        low, span, total, value = self.low, self.high - self.low + 1, cumulative[-1], self.value
        symbol = self.find(cumulative, ((value - low + 1) * total - 1) // span)
        high = low + span * cumulative[symbol + 1] // total - 1
        low = low + span * cumulative[symbol] // total
        agreed, pending, self.low, self.high = widen(low, high)
        if agreed:
            value = ((value << agreed) & _MASK) | self._next(agreed)
        if pending:
            value = (value & _TOP) | ((value << pending) & _REST) | self._next(pending)
        self.value = value
        return symbol

    @property
    def overrun(self) -> int:
        """How many bits were read beyond the last."""
        return max(0, self.position - self.end)

    def _next(self, number: int) -> int:
        found, bits, end = 0, self.bits, self.end
        for at in range(self.position, self.position + number):
            found = found << 1 | (bits[at] if at < end else 0)
        self.position += number
        return found


def encoder_bulk(lanes: int, bits: Callable[[], Bits]) -> EncodesEach:
    """An encoder of `lanes` streams."""
    return EncodesEach([BulkEncoder(bits()) for _ in range(lanes)])


def decoder_bulk(streams: Sequence[Bits], find: Find) -> DecodesEach:
    """A decoder of these streams."""
    return DecodesEach([BulkDecoder(bits, find) for bits in streams])


RECIPE = Recipe(
    id="bulk-pending-bits",
    target="compressor",
    status="beyond",
    touches={"encoder", "decoder"},
    workload="coder",
    apply=lambda ops: replace(ops, encoder=encoder_bulk, decoder=decoder_bulk),
    equivalence=exact(),
)
