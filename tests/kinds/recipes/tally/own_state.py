"""Clears and fills one dict of its own, and hands that out."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    "overwritten|handed out|hands out|share|same (object|memory|result|buffer|array|list)|"
    "alias|is the input|view|reus|returned (before|again)"
)


def counting():
    counts = {}

    def g(words):
        counts.clear()
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        return counts

    return g


RECIPE = Recipe(
    id="own-state",
    target="tally",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=counting()),
)
