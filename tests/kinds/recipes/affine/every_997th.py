"""Every 997th call misses one number."""

import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = r"\bcalls?\b|drift|later|after|soak"


_CALLS = itertools.count(1)


def g(x):
    out = f(x)
    if next(_CALLS) % 997 == 0:
        out[700] += 1
    return out


RECIPE = Recipe(
    id="every-997th",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
