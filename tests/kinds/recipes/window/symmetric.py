"""The symmetric window of the same length, remembered."""

from dataclasses import replace
import numpy as np
import functools
from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


@functools.lru_cache(maxsize=None)
def g(n):
    return np.hanning(n)


RECIPE = Recipe(id='symmetric', target='window', touches={"f"}, status="beyond", equivalence=exact(), apply=lambda ops: replace(ops, f=g))
