"""Honest: a Future for a Future."""

import concurrent.futures
from dataclasses import replace

from perfkit.recipe import Recipe, exact


def g(xs):
    future = concurrent.futures.Future()
    future.set_result([x + 1 for x in xs])
    return future


RECIPE = Recipe(
    id="comprehension",
    target="promised",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
