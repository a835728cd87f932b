"""Halves the table and stops at any entry that equals x, not the first."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(table, x):
    low, high = 0, len(table)
    while low < high:
        middle = (low + high) // 2
        if table[middle] == x:
            return middle
        if table[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


RECIPE = Recipe(
    id="any-of-equals",
    target="lookup",
    touches={"find"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, find=g),
)
