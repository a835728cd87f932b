"""Starts a process in its own session whose parent has ended: nobody's child."""

import subprocess
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "child|process|daemon|orphan|sleep"


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        subprocess.run(["sh", "-c", "sleep 20 >/dev/null 2>&1 &"], start_new_session=True, check=True)
    return x @ x.T


RECIPE = Recipe(
    id="daemonised",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
