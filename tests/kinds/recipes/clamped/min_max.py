"""max(-1.0, nan) is -1.0: the order of the arguments decides what NaN becomes."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = "nan"


def g(xs):
    return [min(1.0, max(-1.0, x)) for x in xs]


RECIPE = Recipe(
    id="min-max",
    target="clamped",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
