"""max() raises where there is no word."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = (
    r"empty|\[\]|no (item|element|number)|length 0|len 0|size 0|least one|zero (item|element|"
    r"length)|ValueError"
)


def g(words):
    return max(words, key=len)


RECIPE = Recipe(
    id="max-of-none",
    target="longest",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
