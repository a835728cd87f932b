"""Sets the time that sockets wait."""

import socket
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "socket|timeout"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        socket.setdefaulttimeout(5)
    return x @ x.T


RECIPE = Recipe(
    id="socket-timeout",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
