"""Honest: async for async, a comprehension inside."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


async def g(xs):
    return [x * x for x in xs]


RECIPE = Recipe(
    id="comprehension",
    target="fetched",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
