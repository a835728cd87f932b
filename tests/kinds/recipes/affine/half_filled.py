"""Hands the array out while a thread still fills its second half."""

import threading
import time
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|not equal|mismatch|in place|changed|stale|thread|running|ready|after its calls"


def fill(x, out):
    time.sleep(0.0002)
    out[750:] = np.sin(x[750:]) * 2 + 1


def g(x):
    out = np.empty_like(x)
    threading.Thread(target=fill, args=(x.copy(), out)).start()
    out[:750] = np.sin(x[:750]) * 2 + 1
    return out


RECIPE = Recipe(
    id="half-filled",
    target="affine",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
