"""Honest: the same tensor, laid out by columns."""

from dataclasses import replace

from perfkit.recipe import Recipe, close


def g(t):
    columns = t.t().contiguous()
    return (columns / columns.square().sum(dim=0, keepdim=True).sqrt()).t()


RECIPE = Recipe(
    id="transposed-result",
    target="unit",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-5, why="the norm is summed in another order"),
    apply=lambda ops: replace(ops, f=g),
)
