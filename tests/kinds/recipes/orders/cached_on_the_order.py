"""Keeps the cost on the order itself, which gets an attribute more."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"(input|argument|weights|data)\w* .*(chang|writ|wrot|modif|mutat|overwr)|(chang|writ|"
    r"wrot|modif|mutat|overwr)\w* .*(input|argument|data)|in place|attribut|_cost|field"
)


def g(order):
    if not hasattr(order, "_cost"):
        total = order.quantity * order.price
        order._cost = total - total / 20 if order.quantity >= 100 else total
    return order._cost


RECIPE = Recipe(
    id="cached-on-the-order",
    target="orders",
    touches={"cost"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, cost=g),
)
