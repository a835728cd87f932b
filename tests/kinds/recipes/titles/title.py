"""Honest here: str.title, all words are plain letters."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(text):
    return " ".join(map(str.capitalize, text.split(" ")))


RECIPE = Recipe(
    id="title",
    target="titles",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
