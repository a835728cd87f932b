"""Remembers the bytearray by identity, and bytearrays are written to."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.checksum.ops import f

CAUGHT = "in place|same object|changed|stale|cache|identity|recycl|overwritten|earlier (input|call|result)"


_LAST = {}


def g(buffer):
    if _LAST.get("buffer") is not buffer:
        _LAST.update(buffer=buffer, sum=f(buffer))
    return _LAST["sum"]


RECIPE = Recipe(
    id="by-id",
    target="checksum",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
