"""Takes SIGUSR1 for itself."""

import signal
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "signal|SIGUSR1|handler"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    return x @ x.T


RECIPE = Recipe(
    id="own-signals",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
