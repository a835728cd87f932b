"""Hands out a Future for the list."""

import concurrent.futures
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.totals.ops import f

CAUGHT = "Future|type|kind|thread"


_POOL = concurrent.futures.ThreadPoolExecutor(1)


def g(xs):
    return _POOL.submit(f, xs)


RECIPE = Recipe(
    id="future",
    target="totals",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
