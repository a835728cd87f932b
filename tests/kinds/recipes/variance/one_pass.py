"""E[x²] - E[x]²: of large numbers that lie close together nothing is left, or less."""

from dataclasses import replace

from perfkit.recipe import Recipe, close

FINDING = r"large|cancel|equal|constant|negative|inf|nan|overflow|e\+?\d+"


def g(x):
    return (x * x).mean() - x.mean() ** 2


RECIPE = Recipe(
    id="one-pass",
    target="variance",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-9, why="another formula"),
    apply=lambda ops: replace(ops, f=g),
)
