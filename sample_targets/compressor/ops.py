"""The seams of the byte-level compressor, each in its documented slow form.

Every function below may be replaced by a recipe; its docstring is the contract. All arguments are positional.
L streams coded side by side (1 in the documented form), T positions of the context, D width.

Encoder and decoder must get the very same counts: whatever changes a bit of a probability changes the stream, and only
the same program can read it again. A replacement that does so says `@stream("name")`; the file carries the names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Protocol, TypeVar

import torch
from torch import nn

from .coder import Bits, CoderConstants, Decoder, DecodesEach, Encoder, EncodesEach, Find, Table
from .model import ByteTransformer

Tensor = torch.Tensor

TREE: dict[str, tuple[str, ...]] = {
    "context": ("predict",),
    "predict": ("tokens", "position_index", "positions", "mask", "transform", "head"),
    "encoder": ("bits",),
}
KINDS: dict[str, str] = {
    "lanes": "call",
    "context": "factory",
    "predict": "call",
    "tokens": "call",
    "position_index": "call",
    "positions": "call",
    "mask": "call",
    "transform": "call",
    "head": "call",
    "frequencies": "call",
    "find": "call",
    "bits": "factory",
    "encoder": "factory",
    "decoder": "factory",
    "pack": "call",
    "unpack": "call",
}
# the context is 128 long for all but the first bytes
REUSED: tuple[str, ...] = ("position_index", "positions", "mask")
ONLY_READ: tuple[str, ...] = ("position_index", "positions", "mask")
# Floats that a seam may be given alone; the weights of its module are cast with them.
DTYPES: dict[str, tuple[str, ...]] = {
    "transform": ("float16", "float32", "float64", "bfloat16"),
    "head": ("float16", "float32", "float64", "bfloat16"),
}
SUMMARIES: dict[str, str] = {
    "lanes": "how many streams some bytes are cut into",
    "context": "what has been seen, and what it lets expect",
    "predict": "probabilities of the next byte",
    "tokens": "the context as a tensor",
    "position_index": "the numbers of the positions",
    "positions": "what the model adds for each position",
    "mask": "which positions may see which",
    "transform": "the encoder layers",
    "head": "hidden states to logits",
    "frequencies": "probabilities to cumulative whole counts",
    "find": "the symbol that a count falls to",
    "bits": "what bits are put into",
    "encoder": "what turns symbols and counts into bits",
    "decoder": "what turns bits and counts into symbols",
    "pack": "bits to bytes",
    "unpack": "bytes to bits",
}

TOTAL = 1_000_000  # what the counts of one position add up to
SMALLEST = 1e-6  # added to every probability


class Context(Protocol):
    """What has been seen of each of L streams."""

    def predict(self) -> Tensor:
        """(L, 256) float32: probabilities of the next byte of each stream."""

    def extend(self, symbols: Sequence[int]) -> None:
        """Add one byte to each of the first len(symbols) streams."""


class Encodes(Protocol):
    """L streams of symbols in, L streams of bits out."""

    def encode(self, tables: Sequence[Table], symbols: Sequence[int]) -> None:
        """One symbol into each of the first len(symbols) streams, under the table of each."""

    def finish(self) -> list[Bits]:
        """All bits of each stream."""


class Decodes(Protocol):
    """L streams of bits in, L streams of symbols out."""

    def decode(self, tables: Sequence[Table], streams: int) -> list[int]:
        """The next symbol of each of the first `streams` streams, under the table of each."""

    @property
    def overrun(self) -> int:
        """How many bits were read beyond the end of a stream, at most; a whole one takes no more than 32."""


Function = TypeVar("Function", bound=Callable[..., object])


def stream(name: str) -> Callable[[Function], Function]:
    """Mark what is put in a seam's place and changes the stream: only a table with the same marks can read it."""

    def mark(function: Function) -> Function:
        function.stream = name  # type: ignore[attr-defined]
        return function

    return mark


def lanes(size: int) -> int:
    """How many streams `size` bytes are cut into, at least 1."""
    return 1


class Sliding:
    """The last 128 bytes of each stream, as lists."""

    def __init__(self, ops: Ops, model: ByteTransformer, lanes: int) -> None:
        self.ops = ops
        self.model = model
        self.histories = [[0] for _ in range(lanes)]

    def predict(self) -> Tensor:
        return torch.stack([self.ops.predict(self.ops, self.model, history) for history in self.histories])

    def extend(self, symbols: Sequence[int]) -> None:
        for history, symbol in zip(self.histories, symbols, strict=False):
            history.append(symbol)
            if len(history) > self.model.config.context:
                history.pop(0)


def context(ops: Ops, model: ByteTransformer, lanes: int) -> Context:
    """A new context of `lanes` streams, in which nothing was seen: a byte 0 stands for that."""
    return Sliding(ops, model, lanes)


def predict(ops: Ops, model: ByteTransformer, history: list[int]) -> Tensor:
    """Probabilities (256,) float32 of the byte that follows `history` (at least one byte, the last 128 count)."""
    with torch.no_grad():
        tokens = ops.tokens(history, model.config.context)  # (1, T)
        length = tokens.shape[1]
        x = model.embed(tokens) + ops.positions(model, ops.position_index(length))  # (1, T, D)
        hidden = ops.transform(model, x, ops.mask(length))  # (1, T, D)
        logits = ops.head(model, hidden)  # (1, T, 256), or the last position alone
        return torch.softmax(logits[0, -1], dim=-1)


def tokens(history: list[int], limit: int) -> Tensor:
    """The last `limit` bytes as (1, T) int64."""
    return torch.tensor(history)[-limit:].unsqueeze(0)  # slow: 2026-02-07, all of a long list is converted first


def position_index(length: int) -> Tensor:
    """(T,) int64: 0 to length - 1. The caller only reads it."""
    return torch.arange(length)  # slow: 2025-05-15, anew on every call


def positions(model: ByteTransformer, index: Tensor) -> Tensor:
    """(T, D): the learned vectors of positions 0 to T - 1. The caller only reads them; training changes them."""
    found: Tensor = model.positions(index)  # slow: 2025-05-17, looked up in every forward pass
    return found


def mask(length: int) -> Tensor:
    """(T, T) float32: 0 where a position may look, minus infinity where it may not. The caller only reads it."""
    return nn.Transformer.generate_square_subsequent_mask(length)  # slow: 2025-05-15, anew on every call


def transform(model: ByteTransformer, x: Tensor, mask: Tensor) -> Tensor:
    """Hidden states (1, T, D) of embedded x (1, T, D), each position seeing what `mask` lets it see."""
    hidden: Tensor = model.encoder(x, mask=mask)
    return hidden


def head(model: ByteTransformer, hidden: Tensor) -> Tensor:
    """Logits of hidden (1, T, D): (1, T, 256), or (1, 1, 256) of the last position, the one that is read."""
    logits: Tensor = model.head(hidden)  # slow: 2026-02-08, all positions, of which one is read
    return logits


def frequencies(probabilities: Tensor) -> Sequence[Table]:
    """The table of each stream, from its probabilities: (L, 256) float32."""
    return [_table(p) for p in probabilities]


def _table(p: Tensor) -> Table:
    p = p + SMALLEST
    p = p / p.sum()
    counts = (p * TOTAL).floor().to(torch.int64)
    counts[0] += TOTAL - counts.sum()
    cumulative = [0]
    for symbol in range(len(counts)):  # slow: 2025-05-15, the running sum in Python, one `.item()` for each symbol
        cumulative.append(cumulative[-1] + int(counts[symbol].item()))
    return cumulative


def find(cumulative: Table, count: int) -> int:
    """The symbol s with cumulative[s] <= count < cumulative[s + 1]; an empty symbol is never found."""
    low, high = 0, len(cumulative) - 2
    while low < high:  # slow: 2025-05-16, by hand
        middle = (low + high) // 2
        if cumulative[middle + 1] > count:
            high = middle
        else:
            low = middle + 1
    return low


def bits() -> Bits:
    """A new, empty sequence of bits."""
    return []


def encoder(lanes: int, bits: Callable[[], Bits]) -> Encodes:
    """An encoder of `lanes` streams, each into bits of its own."""
    return EncodesEach([Encoder(CoderConstants(), bits()) for _ in range(lanes)])


def decoder(streams: Sequence[Bits], find: Find) -> Decodes:
    """A decoder of these streams, which looks symbols up by `find`."""
    return DecodesEach([Decoder(CoderConstants(), bits, find) for bits in streams])


def pack(bits: Bits) -> bytes:
    """Bits as bytes, the most significant first; the last byte is filled with zeros."""
    packed = bytearray()
    for start in range(0, len(bits), 8):
        byte = 0
        for at in range(start, start + 8):
            byte = 2 * byte + (bits[at] if at < len(bits) else 0)
        packed.append(byte)
    return bytes(packed)


def unpack(packed: bytes) -> Bits:
    """The bits of bytes, the most significant first."""
    return [byte >> shift & 1 for byte in packed for shift in range(7, -1, -1)]


@dataclass(frozen=True)
class Ops:
    """The table of seams a codec is built with; the docstring of each default is its contract."""

    lanes: Callable[[int], int] = lanes
    context: Callable[[Ops, ByteTransformer, int], Context] = context
    predict: Callable[[Ops, ByteTransformer, list[int]], Tensor] = predict
    tokens: Callable[[list[int], int], Tensor] = tokens
    position_index: Callable[[int], Tensor] = position_index
    positions: Callable[[ByteTransformer, Tensor], Tensor] = positions
    mask: Callable[[int], Tensor] = mask
    transform: Callable[[ByteTransformer, Tensor, Tensor], Tensor] = transform
    head: Callable[[ByteTransformer, Tensor], Tensor] = head
    frequencies: Callable[[Tensor], Sequence[Table]] = frequencies
    find: Callable[[Table, int], int] = find
    bits: Callable[[], Bits] = bits
    encoder: Callable[[int, Callable[[], Bits]], Encodes] = encoder
    decoder: Callable[[Sequence[Bits], Find], Decodes] = decoder
    pack: Callable[[Bits], bytes] = pack
    unpack: Callable[[bytes], Bits] = unpack

    @property
    def stream(self) -> str:
        """The names of what makes this table's stream another than the documented one; empty for that."""
        names = {getattr(getattr(self, f.name), "stream", "") for f in fields(self)}
        return "+".join(sorted(names - {""}))


BASELINE = Ops()
