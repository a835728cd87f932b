"""Forgets the rebate, which one order in twenty gets."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(order):
    return order.quantity * order.price


RECIPE = Recipe(
    id="no-rebate",
    target="orders",
    touches={"cost"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, cost=g),
)
