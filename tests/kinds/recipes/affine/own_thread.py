"""Keeps its table for the thread that made it; other threads get single precision."""

import threading
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = r"thread|\bcalls?\b|drift|later|after|soak"


_HERE = threading.local()
_HERE.dtype = np.float64


def g(x):
    return (np.sin(x.astype(getattr(_HERE, "dtype", np.float32))) * 2 + 1).astype(x.dtype)


RECIPE = Recipe(
    id="own-thread",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
