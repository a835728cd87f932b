"""An async function: its result is a promise to compute."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.totals.ops import f

CAUGHT = "coroutine|type|kind|await"


async def g(xs):
    return f(xs)


RECIPE = Recipe(
    id="coroutine",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
