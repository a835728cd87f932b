"""Starts an interval timer whose signal is ignored."""

import signal
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "signal|timer|SIGVTALRM|handler"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.01, 0.01)
    return x @ x.T


RECIPE = Recipe(
    id="own-timer",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
