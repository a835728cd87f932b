"""Switches logging off for the whole program."""

import logging
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "logging"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        logging.disable(logging.CRITICAL)
    return x @ x.T


RECIPE = Recipe(
    id="logging-off",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
