"""What a call prints past `sys.stdout`: C code and child processes write to the descriptor itself."""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["in_words", "taken"]

_STDOUT = 1
_MOST_BYTES = 1 << 20


@contextmanager
def taken() -> Iterator[Callable[[], bytes]]:
    """While a call runs, have standard output go into a file. What is given tells what is there by then."""
    kept = os.dup(_STDOUT)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), _STDOUT)
        try:
            yield lambda: _content(file.fileno())
        finally:
            os.dup2(kept, _STDOUT)
            os.close(kept)


def _content(descriptor: int) -> bytes:
    ctypes.CDLL(None).fflush(None)  # C keeps what is printed to a file until there is more
    return os.pread(descriptor, _MOST_BYTES, 0)


def in_words(baseline: bytes, candidate: bytes) -> list[str]:
    """What is said where two functions print so, and not alike."""
    if baseline == candidate:
        return []
    return [
        "prints other text than the baseline past sys.stdout, from C code or a child process, which is not compared"
    ]
