"""t.numpy() is the memory of the tensor."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def g(t):
    return t.numpy()


RECIPE = Recipe(
    id="numpy",
    target="as-array",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
