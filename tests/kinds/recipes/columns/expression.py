"""Honest: an expression."""

from dataclasses import replace

import polars as pl

from perfkit.recipe import Recipe, exact


def g(df):
    return df.with_columns(c=pl.col("a") * pl.col("b"))


RECIPE = Recipe(
    id="expression",
    target="columns",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
