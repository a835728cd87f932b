"""The Future says that it is done while a thread still writes to its list."""

import concurrent.futures
import threading
import time
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|not equal|mismatch|in place|changed|stale|thread|running|after its calls"


def fill(out, xs):
    time.sleep(0.001)
    out[-1] = xs[-1] + 1


def g(xs):
    out = [x + 1 for x in xs[:-1]] + [0]
    future = concurrent.futures.Future()
    future.set_result(out)
    threading.Thread(target=fill, args=(out, list(xs))).start()
    return future


RECIPE = Recipe(
    id="still-filling",
    target="promised",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
