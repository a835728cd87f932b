"""What files one call writes: named, because what stands in them is no part of what is compared.

Python tells of every file that it opens (`sys.addaudithook`), also for C extensions that ask it to. Who opens one by
himself, or has a child do so, is not seen. A hook stays for the rest of a process, so it is set where nothing is timed
any more.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from perfkit.phrases import listed

__all__ = ["Written", "in_words", "watched"]

_WRITES = frozenset("wax+")
_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MOST_BYTES = 1 << 26  # of a file whose content is looked at
_NAMED = 3

_watching: dict[str, bool] | None = None  # path -> whether it is appended to
_has_hook = False

Written = Mapping[str, str]  # path -> what it holds, as a digest; "" where that is not looked at


@contextmanager
def watched() -> Iterator[Callable[[], Written]]:
    """While a call runs. What is given tells which files it has written that are still there; call it at the end."""
    global _watching, _has_hook
    if not _has_hook:
        sys.addaudithook(_heard)
        _has_hook = True
    opened = _watching = {}
    try:
        yield lambda: {path: "" if added else _digest(path) for path, added in opened.items() if os.path.isfile(path)}
    finally:
        _watching = None


def _heard(event: str, args: tuple[Any, ...]) -> None:
    if _watching is None or event != "open":
        return
    path, mode, flags = args
    if isinstance(path, int) or not (_WRITES & set(mode or "") or (mode is None and flags & _FLAGS)):
        return
    place = os.path.abspath(os.fsdecode(path))
    if not place.startswith(("/dev/", "/proc/")) and "__pycache__" not in place:
        _watching[place] = _watching.get(place, False) or "a" in (mode or "") or bool(flags & os.O_APPEND)


def _digest(path: str) -> str:
    try:
        if os.path.getsize(path) > _MOST_BYTES:
            return ""
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def in_words(baseline: Written, candidate: Written) -> list[str]:
    """What is said of the files that a call of each has written on the same input; nothing where neither has."""
    only, less = sorted({*candidate} - {*baseline}), sorted({*baseline} - {*candidate})
    both = sorted({*baseline} & {*candidate})
    other = [path for path in both if baseline[path] and candidate[path] and baseline[path] != candidate[path]]
    words = []
    if only:
        words.append(f"writes to {_names(only)}, which the baseline does not")
    if less:
        words.append(f"does not write to {_names(less)}, as the baseline does")
    if other:
        words.append(f"leaves other content in {_names(other)} than the baseline")
    elif both and not words:
        words.append(f"writes to {_names(both)}, as the baseline does")
    return [f"{', and '.join(words)}; what is in files is not part of the proof"] if words else []


def _names(paths: list[str]) -> str:
    here = os.getcwd() + os.sep
    return listed([path.removeprefix(here) for path in paths], _NAMED)
