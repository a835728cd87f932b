"""A class of its own with the same fields."""

import dataclasses
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "Spot|Point|type|class"


@dataclasses.dataclass
class Spot:
    x: float
    y: float


def g(rows):
    return [Spot(-y, x) for x, y in rows]


RECIPE = Recipe(
    id="other-class",
    target="points",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
