"""A LazyFrame: nothing has been computed."""

from dataclasses import replace

import polars as pl

from perfkit.recipe import Recipe, exact

CAUGHT = "lazy|type|kind"


def g(df):
    return df.lazy().with_columns(c=pl.col("a") * pl.col("b"))


RECIPE = Recipe(
    id="lazy-frame",
    target="columns",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
