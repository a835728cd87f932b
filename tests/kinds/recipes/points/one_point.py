"""One Point, moved on and listed again and again."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.points.ops import Point

CAUGHT = (
    "differ|expected|not equal|mismatch|in place|changed|stale|overwritten|handed out|"
    "hands out|share|same (object|memory|result|buffer|array|list)|alias|is the input|"
    "view|reus|returned (before|again)"
)


def g(rows):
    point = Point(0.0, 0.0)
    out = []
    for x, y in rows:
        point.x, point.y = -y, x
        out.append(point)
    return out


RECIPE = Recipe(
    id="one-point",
    target="points",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
