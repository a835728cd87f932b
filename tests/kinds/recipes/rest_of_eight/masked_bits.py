"""x & 7 is right where x is not negative, as in these data."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = r"negativ|-\d|minus|sign"


def g(xs):
    return [x & 7 for x in xs]


RECIPE = Recipe(
    id="masked-bits",
    target="rest-of-eight",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
