"""Forks twice, so that what runs on is a child of init."""

import contextlib
import os
import time
from dataclasses import replace

from perfkit.recipe import Recipe, close

CAUGHT = "child|process|daemon|orphan|fork"


def fork_twice():
    first = os.fork()
    if first:
        os.waitpid(first, 0)
        return
    os.setsid()
    if os.fork() == 0:
        devnull = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(64):
            with contextlib.suppress(OSError):
                os.dup2(devnull, descriptor)
        time.sleep(20)
    os._exit(0)


_DONE = []


def g(x):
    if not _DONE:
        _DONE.append(True)
        fork_twice()
    return x @ x.T


RECIPE = Recipe(
    id="forked-twice",
    target="gram",
    touches={"f"},
    status="beyond",
    equivalence=close(rtol=1e-10, why="BLAS sums in another order"),
    apply=lambda ops: replace(ops, f=g),
)
