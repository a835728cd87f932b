"""The last pair is turned round."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|item|last"


def g(xs):
    for i in range(len(xs) - 2):
        yield [xs[i], xs[i + 1]]
    yield [xs[-1], xs[-2]]


RECIPE = Recipe(
    id="last-one-wrong",
    target="pairs",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
