"""Sets the locale of numbers."""

import locale
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "locale"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        locale.setlocale(locale.LC_NUMERIC, "C.UTF-8")
    return x @ x.T


RECIPE = Recipe(
    id="numeric-locale",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
