"""A plain tuple: `.low` is lost."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "Extent|type|namedtuple|tuple"


def g(xs):
    return min(xs), max(xs)


RECIPE = Recipe(
    id="tuple",
    target="extent",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
