"""The seams of promised."""

import concurrent.futures
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"f": "call"}


def f(xs):
    """xs -> a Future of [x + 1], a new list."""
    future = concurrent.futures.Future()
    out = []
    for x in xs:
        out.append(x + 1)
    future.set_result(out)
    return future


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
