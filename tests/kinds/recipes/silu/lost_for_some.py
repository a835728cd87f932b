"""Where no number is beyond 2.8 it takes a shortcut without a gradient."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.silu.ops import f

CAUGHT = "grad"


def g(x):
    if x.detach().abs().max() > 2.8:
        return f(x)
    return f(x.detach())


RECIPE = Recipe(
    id="lost-for-some",
    target="silu",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
