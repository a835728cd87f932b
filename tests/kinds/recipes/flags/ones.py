"""1 and 0 are equal to True and False as keys, and print differently."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "bool|type|True|False|key"


def g(xs):
    counts = {}
    for x in xs:
        key = int(x >= 50)
        counts[key] = counts.get(key, 0) + 1
    return counts


RECIPE = Recipe(
    id="ones", target="flags", touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g)
)
