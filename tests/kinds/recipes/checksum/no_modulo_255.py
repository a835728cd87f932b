"""Takes 256 for 255, as fast code likes to."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(buffer):
    a = b = 0
    for byte in buffer:
        a += byte
        b += a
    return (b & 255) << 8 | a & 255


RECIPE = Recipe(
    id="no-modulo-255",
    target="checksum",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
