"""The same columns in another order."""

from dataclasses import replace

import numpy as np

from perfkit.recipe import Recipe, exact

CAUGHT = "column|order"


def g(df):
    out = df.sort_values("score")
    out.insert(0, "rank", np.arange(len(out)))
    out.attrs["by"] = "score"
    return out


RECIPE = Recipe(
    id="columns-turned",
    target="ranked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
