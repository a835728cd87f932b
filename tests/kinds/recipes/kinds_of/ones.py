"""A set of ints that equals the set of bools."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = r"bool|type|True|False|\b[01]\b"


def g(xs):
    return {(x > 90) + 0 for x in xs}


RECIPE = Recipe(
    id="ones",
    target="kinds-of",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
