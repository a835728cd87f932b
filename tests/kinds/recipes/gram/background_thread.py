"""Starts a daemon thread that is busy now and then."""

import threading
import time
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "thread"


def turn():
    while True:
        time.sleep(0.001)


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        threading.Thread(target=turn, daemon=True).start()
    return x @ x.T


RECIPE = Recipe(
    id="background-thread",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
