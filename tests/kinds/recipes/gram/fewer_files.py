"""Lowers the limit of open files of the process."""

import resource
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "limit|RLIMIT|open files"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))
    return x @ x.T


RECIPE = Recipe(
    id="fewer-files",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
