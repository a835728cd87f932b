"""Is wrong while the garbage collector is off, as it is while one measures."""

import gc
import itertools
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"differ|expected|not equal|mismatch|in place|changed|stale|\bcalls?\b|drift|later|"
    r"after|soak|timed|measur"
)


def g(xs):
    out = list(itertools.accumulate(xs))
    if not gc.isenabled():
        out[-1] += 1
    return out


RECIPE = Recipe(
    id="while-collector-waits",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
