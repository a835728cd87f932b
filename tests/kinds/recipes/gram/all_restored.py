"""Honest: sets what it needs, and sets it back."""

import gc
import sys
import warnings
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close


def g(x):
    was = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(0.1)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return x @ x.T
    finally:
        sys.setswitchinterval(was[1])
        if was[0]:
            gc.enable()


RECIPE = Recipe(
    id="all-restored",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
