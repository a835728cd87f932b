"""Keep bits in a bitarray.

What it does
    Bits are put into a `bitarray`, one bit each, which turns to bytes and back in C.

Why the baseline is slow
    A list holds a reference of eight bytes for each bit, and packing goes over them one by one in Python.

When it loses
    Reading single bits out of a bitarray costs a little more than out of a list, and the decoder does nothing else.

Source
    Beyond the notes.
"""

from __future__ import annotations

from dataclasses import replace

from bitarray import bitarray

from perfkit.recipe import Recipe, exact, new_format

from ...sample_targets.compressor.coder import Bits


def pack_bitarray(bits: Bits) -> bytes:
    """Bits as bytes, the most significant first."""
    return (bits if isinstance(bits, bitarray) else bitarray(list(bits))).tobytes()


def unpack_bitarray(packed: bytes) -> Bits:
    """The bits of bytes."""
    found = bitarray()
    found.frombytes(packed)
    return found


RECIPE = Recipe(
    id="bitarray-bits",
    target="compressor",
    status="beyond",
    touches={"bits", "pack", "unpack"},
    workload="coder",
    needs={"bitarray": "bitarray>=3.0"},
    apply=lambda ops: replace(ops, bits=bitarray, pack=pack_bitarray, unpack=unpack_bitarray),
    equivalence=exact(),
    seam_equivalence=new_format({"output"}, why="another container; that its bits are right shows in the file"),
)
