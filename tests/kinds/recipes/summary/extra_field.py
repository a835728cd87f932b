"""An attribute more, which is pickled and compared with the rest."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.summary.ops import f

CAUGHT = (
    "values|attribut|field|overwritten|handed out|hands out|share|same (object|memory|"
    "result|buffer|array|list)|alias|is the input|view|reus|returned (before|again)"
)


def g(xs):
    out = f(xs)
    out.values = xs
    return out


RECIPE = Recipe(
    id="extra-field",
    target="summary",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
