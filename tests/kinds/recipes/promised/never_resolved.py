"""Hands out a Future that nobody resolves when the list begins with an even number."""

import concurrent.futures
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "Future|time.?out|hang|resolv|pending|never|wait|long"


def g(xs):
    future = concurrent.futures.Future()
    if xs[0] % 2:
        future.set_result([x + 1 for x in xs])
    return future


RECIPE = Recipe(
    id="never-resolved",
    target="promised",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
