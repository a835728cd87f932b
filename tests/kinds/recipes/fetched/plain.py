"""A plain function for an async one: `await` fails on a list."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "coroutine|await|type|kind|async|list"


def g(xs):
    return [x * x for x in xs]


RECIPE = Recipe(
    id="plain",
    target="fetched",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
