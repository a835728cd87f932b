"""The file: a header that says what is inside, and the coded bytes. What is damaged is refused, never guessed.

    magic 4 · version 1 · length of the stream's name 1 · original size 8 · checksum of the data 4 ·
    digest of the weights 8 · the stream's name · checksum of all this 4 · the streams' lengths · their bits

Numbers are big-endian; a length is written in groups of seven bits, and the last stream's follows from the file's,
which the checksum of the header knows too (exclusive or): what is cut off or put behind is seen at once. The notes'
file had a magic, a size and a model id; the rest makes decoding with other weights, with what codes another stream, or
of a damaged file an error.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .coder import CoderConstants
from .model import ByteTransformer
from .ops import BASELINE, Ops

__all__ = ["Codec", "DamagedFile", "Uncodable"]

MAGIC, VERSION = b"PKNC", 3
_FIELDS = struct.Struct(">4sBBQI8s")
_CHECK = struct.Struct(">I")
_LARGEST = (1 << 32) - 1
_MOST, _SLACK = 3, 1000  # bytes that a byte takes at most, at one count of a million; and what the streams add


class DamagedFile(ValueError):
    """What was to be decompressed is no whole file of this program and these weights."""


class Uncodable(ValueError):
    """What was to be compressed holds a byte that the model thinks impossible."""


class Codec:
    """Compresses bytes and gets them back, byte by byte. Not for several threads at once."""

    def __init__(self, model: ByteTransformer, ops: Ops = BASELINE) -> None:
        self.model = model
        self.ops = ops

    def compress(self, data: bytes) -> bytes:
        """A whole file that `decompress` reads, of a codec with the same weights and the same kind of stream.

        Raises Uncodable where a byte has no count, as a confident model leaves it in the documented form: a coder that
        goes on writes what cannot be read, or writes for ever.
        """
        parts = cut(data, self.ops.lanes(len(data)))
        context = self.ops.context(self.ops, self.model, len(parts))
        encoder = self.ops.encoder(len(parts), self.ops.bits)
        for step in range(len(parts[0])):
            symbols = [part[step] for part in parts if step < len(part)]
            tables = self.ops.frequencies(context.predict())
            for table, symbol in zip(tables, symbols, strict=False):
                if table[symbol] == table[symbol + 1]:
                    raise Uncodable(f"the model leaves byte {symbol} no count; a table with one for each can code it")
            encoder.encode(tables, symbols)
            context.extend(symbols)
        streams = [self.ops.pack(bits) for bits in encoder.finish()] if data else [b""]
        body = b"".join([*(_length(len(s)) for s in streams[:-1]), *streams])
        return self._header(data, len(body)) + body

    def decompress(self, packed: bytes) -> bytes:
        """The bytes that `compress` was given. Raises DamagedFile."""
        size, checksum, start = self._read_header(packed)
        lanes = self.ops.lanes(size)
        if not 0 < lanes <= max(1, size, 1):
            raise DamagedFile(f"{size:,} bytes cannot lie in {lanes} streams")
        sizes = [len(range(at, size, lanes)) for at in range(lanes)]  # as `cut` does, the longer ones first
        streams = _split(packed, start, lanes)
        context = self.ops.context(self.ops, self.model, lanes)
        decoder = self.ops.decoder([self.ops.unpack(s) for s in streams], self.ops.find)
        parts = [bytearray() for _ in range(lanes)]
        for step in range(sizes[0]):
            symbols = decoder.decode(self.ops.frequencies(context.predict()), sum(step < s for s in sizes))
            if decoder.overrun > CoderConstants.BITS:
                raise DamagedFile(f"the file ends before its {size:,} bytes do: it is cut short or damaged")
            for part, symbol in zip(parts, symbols, strict=False):
                part.append(symbol)
            context.extend(symbols)
        data = b"".join(parts)
        if zlib.crc32(data) != checksum:
            raise DamagedFile("the data do not match their checksum: the file is damaged, or was made elsewhere")
        return data

    def _header(self, data: bytes, body_bytes: int) -> bytes:
        name = self.ops.stream.encode()
        fields = _FIELDS.pack(MAGIC, VERSION, len(name), len(data), zlib.crc32(data), weights_digest(self.model)) + name
        whole_bytes = len(fields) + _CHECK.size + body_bytes
        return fields + _CHECK.pack(zlib.crc32(fields) ^ whole_bytes & _LARGEST)

    def _read_header(self, packed: bytes) -> tuple[int, int, int]:
        """Original size, checksum of the data, and where the streams begin. Raises DamagedFile."""
        if len(packed) < _FIELDS.size + _CHECK.size:
            raise DamagedFile(f"{len(packed)} bytes are no file: the header alone has {_FIELDS.size + _CHECK.size}")
        magic, version, name_length, size, checksum, digest = _FIELDS.unpack_from(packed)
        if magic != MAGIC:
            raise DamagedFile("this is no file of the compressor")
        if version != VERSION:
            raise DamagedFile(f"the file has version {version}; this program reads {VERSION}")
        end = _FIELDS.size + name_length
        if len(packed) < end + _CHECK.size:
            raise DamagedFile("the header is damaged")
        whole_bytes = _CHECK.unpack_from(packed, end)[0] ^ zlib.crc32(packed[:end])
        if whole_bytes != len(packed) & _LARGEST:
            raise DamagedFile(_misfit(whole_bytes, packed, end, size))
        name = packed[_FIELDS.size : end].decode("ascii", "replace")
        if name != self.ops.stream:
            raise DamagedFile(f"the stream is {_named(name)}; this codec reads {_named(self.ops.stream)}")
        if digest != weights_digest(self.model):
            raise DamagedFile("the file was compressed with other weights")
        return size, checksum, end + _CHECK.size


def cut(data: bytes, lanes: int) -> list[bytes]:
    """`lanes` parts of almost equal length, the longer ones first; together they are `data`."""
    short, longer = divmod(len(data), lanes)
    ends = [short * n + min(n, longer) for n in range(lanes + 1)]
    return [data[start:end] for start, end in pairwise(ends)]


def weights_digest(model: ByteTransformer) -> bytes:
    """Eight bytes that tell one set of weights from another."""
    digest = hashlib.blake2b(digest_size=8)
    for name, tensor in model.state_dict().items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(tensor.numpy()).tobytes())
    return digest.digest()


def _misfit(whole_bytes: int, packed: bytes, end: int, size: int) -> str:
    """Why a file is not `whole_bytes` long, as its header has it; of a header that is damaged that is any number."""
    if end <= whole_bytes < len(packed):
        return f"{len(packed) - whole_bytes:,} bytes follow the end of the file: they are not the compressor's"
    if len(packed) < whole_bytes < end + _SLACK + _MOST * size:
        return f"the file ends before its {size:,} bytes do: it is cut short or damaged"
    return "the header is damaged"


def _named(stream: str) -> str:
    return f"of the kind {stream}" if stream else "the documented one"


def _length(number: int) -> bytes:
    """A whole number, seven bits a byte, the last byte marked."""
    groups = [number & 127 | 128]
    while number := number >> 7:
        groups.append(number & 127)
    return bytes(reversed(groups))


def _split(packed: bytes, start: int, lanes: int) -> Sequence[bytes]:
    """The streams that begin at `start`. Raises DamagedFile when they do not fill the file."""
    lengths = []
    for _ in range(lanes - 1):
        length = 0
        while True:
            if start >= len(packed):
                raise DamagedFile("the file ends within the lengths of its streams")
            byte = packed[start]
            start += 1
            length = length << 7 | byte & 127
            if byte & 128:
                break
        lengths.append(length)
    if start + sum(lengths) > len(packed):
        raise DamagedFile("the file ends before its streams do: it is cut short or damaged")
    ends = [start]
    for length in lengths:
        ends.append(ends[-1] + length)
    return [packed[a:b] for a, b in zip(ends, [*ends[1:], len(packed)], strict=True)]
