"""Honest: new items, names are immutable and may be shared."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.raised.ops import Item


def g(items):
    return [Item(item.name, item.price * 1.1) for item in items]


RECIPE = Recipe(
    id="new-items",
    target="raised",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
