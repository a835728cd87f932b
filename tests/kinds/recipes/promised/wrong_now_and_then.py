"""Resolves to the input where that is sorted at its ends."""

import concurrent.futures
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected"


def g(xs):
    future = concurrent.futures.Future()
    future.set_result([x + 1 for x in xs] if xs[0] > xs[-1] else list(xs))
    return future


RECIPE = Recipe(
    id="wrong-now-and-then",
    target="promised",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
