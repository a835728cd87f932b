"""Honest: copies each row by a slice."""

from dataclasses import replace

from perfkit.recipe import Recipe, close


def g(rows):
    return [row[:] for row in rows if sum(row) > 0]


RECIPE = Recipe(
    id="sliced",
    target="long-rows",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="sum() of floats compensates in newer versions of Python"),
    apply=lambda ops: replace(ops, f=g),
)
