"""Honest: the same errors, otherwise int()."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(texts):
    return [int(text) if text.isdigit() else ValueError(f"no number: {text}") for text in texts]


RECIPE = Recipe(
    id="same-errors",
    target="parsed",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
