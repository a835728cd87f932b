"""Honest: one conversion, NaT where unknown, which is not equal to itself."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(ns):
    days = np.array(ns)
    out = days.astype("datetime64[D]")
    out[days < 0] = np.datetime64("NaT")
    return out


RECIPE = Recipe(
    id="at-once",
    target="days",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
