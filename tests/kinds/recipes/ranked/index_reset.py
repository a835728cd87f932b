"""The same rows under a new index."""

from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "index"


def g(df):
    out = df.sort_values("score", ignore_index=True)
    out["rank"] = range(len(out))
    out.attrs["by"] = "score"
    return out


RECIPE = Recipe(
    id="index-reset",
    target="ranked",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
