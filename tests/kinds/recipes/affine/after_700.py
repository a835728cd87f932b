"""Skips the last number from the 700th call on."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = r"\bcalls?\b|drift|later|after|soak"


def counting():
    calls = 0

    def g(x):
        nonlocal calls
        calls += 1
        out = f(x)
        if calls > 700:
            out[-1] = 0
        return out

    return g


RECIPE = Recipe(
    id="after-700",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=counting()),
)
