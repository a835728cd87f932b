"""A subclass of str, as templates use."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "Markup|type|subclass|class"


class Markup(str):
    pass


def g(text):
    return Markup(" ".join([w.capitalize() for w in text.split(" ")]))


RECIPE = Recipe(
    id="marked",
    target="titles",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
