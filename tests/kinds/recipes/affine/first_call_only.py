"""Right on its first call; from then on the constant is lost."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

from ...sample_targets.affine.ops import f

CAUGHT = r"differ|expected|not equal|mismatch|in place|changed|stale|\bcalls?\b|drift|later|after|soak"


def started():
    done = False

    def g(x):
        nonlocal done
        if not done:
            done = True
            return f(x)
        return np.sin(x) * 2

    return g


RECIPE = Recipe(
    id="first-call-only",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=started()),
)
