"""Goes over to single precision from the 2,800th call on."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = r"\bcalls?\b|drift|later|after|soak"


_SEEN = [0]


def g(x):
    _SEEN[0] += 1
    if _SEEN[0] < 2800:
        return f(x)
    return f(x.astype(np.float32)).astype(x.dtype)


RECIPE = Recipe(
    id="after-2800",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
