"""The innermost link ends in a list for None."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|None|type|len|deep|level"


def g(xs):
    out = []
    for x in reversed(xs):
        out = [x, out]
    return out


RECIPE = Recipe(
    id="wrong-at-the-bottom",
    target="chain",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
