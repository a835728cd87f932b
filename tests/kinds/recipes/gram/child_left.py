"""Starts a child process and leaves it running."""

import subprocess
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "child|process|sleep"


_CHILD = []

_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        _CHILD.append(subprocess.Popen(["sleep", "20"]))
    return x @ x.T


RECIPE = Recipe(
    id="child-left",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
