"""Honest: pandas' own sort."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact


def g(df):
    out = df.sort_values("score")
    out["rank"] = np.arange(len(out))
    out.attrs["by"] = "score"
    return out


RECIPE = Recipe(
    id="sorted-values",
    target="ranked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
