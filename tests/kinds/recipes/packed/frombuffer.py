"""An array over bytes is read-only."""

import struct
from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "read.?only|writ"


def g(xs):
    return np.frombuffer(struct.pack(f"{len(xs)}d", *xs))


RECIPE = Recipe(
    id="frombuffer",
    target="packed",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
