"""Ints, which an IntEnum equals."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"Side|type|enum|\bint\b"


def g(xs):
    return [int(x > 0) for x in xs]


RECIPE = Recipe(
    id="values",
    target="sides",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
