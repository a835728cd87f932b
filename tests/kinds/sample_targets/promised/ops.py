"""The seams of promised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
import concurrent.futures

KINDS = {"f": "call"}


def f(xs):
    """xs -> a Future of [x + 1], a new list."""
    future = concurrent.futures.Future()
    out = []
    for x in xs:
        out.append(x + 1)  # noqa: PERF401
    future.set_result(out)
    return future


@dataclass(frozen=True)
class Ops:
    f: Callable[[Any], Any] = f
