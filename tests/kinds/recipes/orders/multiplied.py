"""Honest: multiplies; these prices are whole numbers, so that no sum is rounded."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(order):
    total = order.quantity * order.price
    return total - total / 20 if order.quantity >= 100 else total


RECIPE = Recipe(
    id="multiplied",
    target="orders",
    touches={"cost"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, cost=g),
)
