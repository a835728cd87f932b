"""A bytearray for bytes: equal by ==, but not hashable and not constant."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "bytearray|type|kind"


def g(packet):
    return packet[4:]


RECIPE = Recipe(
    id="bytearray",
    target="payload",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
