"""The new column in single precision."""

from dataclasses import replace

import polars as pl

from perfkit.recipe import Recipe, close

CAUGHT = "dtype|Float32|type|schema"


def g(df):
    return df.with_columns(c=(pl.col("a") * pl.col("b")).cast(pl.Float32))


RECIPE = Recipe(
    id="float32",
    target="columns",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-5, why="single precision is enough"),
    apply=lambda ops: replace(ops, f=g),
)
