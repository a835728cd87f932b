"""Honest: one new dict."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(pair):
    return {**pair[0], **pair[1]}


RECIPE = Recipe(
    id="unpacked",
    target="merged",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
