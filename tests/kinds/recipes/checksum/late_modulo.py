"""Honest: integers of Python do not overflow, so one modulo at the end does."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(buffer):
    a = b = 0
    for byte in buffer:
        a += byte
        b += a
    return b % 255 << 8 | a % 255


RECIPE = Recipe(
    id="late-modulo",
    target="checksum",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
