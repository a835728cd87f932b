"""Squares overflow from 1e154 on, and vanish below 1e-162."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, close

FINDING = r"inf|overflow|large|huge|small|tiny|underflow|zero|e[+-]?\d+"


def g(rows):
    with np.errstate(all="ignore"):
        return np.sqrt((rows * rows).sum(axis=1))


RECIPE = Recipe(
    id="squares",
    target="distances",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-12, why="another order of rounding"),
    apply=lambda ops: replace(ops, f=g),
)
