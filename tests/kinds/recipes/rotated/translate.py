"""Honest: one table for all texts."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

_TABLE = str.maketrans({chr(97 + k): chr((k + 13) % 26 + 97) for k in range(26)})


def g(text):
    return text.translate(_TABLE)


RECIPE = Recipe(
    id="translate",
    target="rotated",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
