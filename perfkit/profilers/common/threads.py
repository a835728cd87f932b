"""The names of threads by the system's numbers of them, as they were when each thread ran.

A sampler from outside remembers a name by the address of the thread, which the next thread may have: it then shows the
work of one under the name of another.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["named", "pool_of", "seen"]

_MOST = 100_000
_names: dict[int, str] = {}
# Thread-29 (worker), Thread-29, ThreadPoolExecutor-0_3, asyncio_0, task-7: what is numbered is one of many
_DEFAULT = re.compile(r"(?P<pool>Thread)-\d+(?P<target> \(.*\))?")
_POOL = re.compile(r"(?P<pool>ThreadPoolExecutor)-\d+_\d+")
_NUMBER = re.compile(r"[-_ ]?\d+$")


def pool_of(name: str) -> str:
    """What the threads of one kind have in common: the name without the numbers that tell them apart."""
    if match := _DEFAULT.fullmatch(name):
        return match["pool"] + (match["target"] or "")
    if match := _POOL.fullmatch(name):
        return match["pool"]
    return _NUMBER.sub("", name) or name


@contextmanager
def named() -> Iterator[None]:
    """Keep the name of each thread that starts in the block; Python tells its number on the thread itself."""
    set_number: Callable[[Any], None] | None = getattr(threading.Thread, "_set_native_id", None)
    if set_number is None:  # a Python that keeps it elsewhere: what lives at the end is known still
        yield
        _note_living()
        return

    def set_and_keep(self: Any) -> None:
        set_number(self)
        if len(_names) < _MOST:
            _names[self._native_id] = self.name

    _names.clear()
    _note_living()
    threading.Thread._set_native_id = set_and_keep  # type: ignore[attr-defined]
    try:
        yield
    finally:
        threading.Thread._set_native_id = set_number  # type: ignore[attr-defined]
        _note_living()


def _note_living() -> None:
    for thread in threading.enumerate():
        if thread.native_id is not None:
            _names[thread.native_id] = thread.name


def seen() -> dict[int, str]:
    """The names by number, of the last block."""
    return dict(_names)
