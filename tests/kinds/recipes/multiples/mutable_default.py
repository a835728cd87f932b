"""A default argument keeps the sets, and hands them out."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def g(n, known={}):  # noqa: B006
    if n not in known:
        known[n] = set(range(0, 400, n))
    return known[n]


RECIPE = Recipe(
    id="mutable-default",
    target="multiples",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
