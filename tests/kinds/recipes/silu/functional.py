"""Honest: torch's own silu."""

from dataclasses import replace

from torch.nn import functional as F

from perfkit.recipe import Recipe, close


def g(x):
    return F.silu(x)


RECIPE = Recipe(
    id="functional",
    target="silu",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-9, atol=1e-12, why="sigmoid in one call"),
    apply=lambda ops: replace(ops, f=g),
)
