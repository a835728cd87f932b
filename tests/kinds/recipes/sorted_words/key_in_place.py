"""Honest: the same key, without the loop around it."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(words):
    return sorted(words, key=lambda word: word.lower()[::-1])


RECIPE = Recipe(
    id="key-in-place",
    target="sorted-words",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
