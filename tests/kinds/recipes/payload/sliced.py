"""Honest: bytes for bytes."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(packet):
    return bytes(packet[4:])


RECIPE = Recipe(
    id="sliced",
    target="payload",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
