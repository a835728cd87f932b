"""Honest: one translation."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

_TABLE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def g(lines):
    return [line.translate(_TABLE) for line in lines]


RECIPE = Recipe(
    id="translate",
    target="escaped",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
