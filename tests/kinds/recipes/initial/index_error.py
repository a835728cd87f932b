"""name[0] raises where the name is empty."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

FINDING = (
    r"empty|\[\]|no (item|element|number)|length 0|len 0|size 0|least one|zero (item|element|"
    r"length)|''|\"\"|IndexError"
)


def g(name):
    return name[0].upper()


RECIPE = Recipe(
    id="index-error",
    target="initial",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
