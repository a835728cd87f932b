"""The standard streams of a process, as objects and as file descriptors: whoever closes one closes it for everybody."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Any

from perfkit.worker.state.python_state import State

__all__ = ["DESCRIPTORS", "STREAMS"]

_NAMES = ("stdin", "stdout", "stderr")  # by the number of their descriptors
_OPEN = "open"


def _streams() -> tuple[Any, ...]:
    return _stream(sys.stdin), _stream(sys.stdout), _stream(sys.stderr)


def _stream(stream: Any) -> Any:
    """ "none", "closed", "detached", or, of one that is open, how it makes text of bytes."""
    if stream is None:
        return "none"
    try:
        if stream.closed:
            return "closed"
    except ValueError:
        return "detached"
    except Exception:  # an object of the user's, which need not know
        return _OPEN
    if type(stream) is not io.TextIOWrapper:
        return _OPEN
    return stream.encoding, stream.errors, stream.line_buffering, stream.write_through


def _streams_changed(old: Any, new: Any) -> str:
    for name, before, after in zip(_NAMES, old, new, strict=True):
        if before != after:
            how = after if isinstance(after, str) else "its encoding or buffering"
            return f"(sys.{name}: {how})"
    return ""


def _put_streams_back(before: Any) -> None:
    for number, (name, old, new) in enumerate(zip(_NAMES, before, _streams(), strict=True)):
        if old == new or old in ("none", "closed", "detached"):
            continue
        if isinstance(new, str):
            mode = "w" if number else "r"
            opened = open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            setattr(sys, name, opened)
        if not isinstance(old, str):
            encoding, errors, lines, through = old
            stream: Any = getattr(sys, name)
            stream.reconfigure(encoding=encoding, errors=errors, line_buffering=lines, write_through=through)


def _files() -> tuple[tuple[int, int] | None, ...]:
    """What each descriptor stands for; None where it is closed."""
    return _file(0), _file(1), _file(2)


def _file(number: int) -> tuple[int, int] | None:
    try:
        found = os.fstat(number)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _files_changed(old: Any, new: Any) -> str:
    for number, (before, after) in enumerate(zip(old, new, strict=True)):
        if before != after:
            return f"({number}, {_NAMES[number]}: {'closed' if after is None else 'another file'})"
    return ""


def _put_files_back(before: Any) -> None:
    now = _files()
    for number, (old, new) in enumerate(zip(before, now, strict=True)):
        if old == new:
            continue
        if old is None:
            with contextlib.suppress(OSError):
                os.close(number)
            continue
        if old in now:  # standard output and error are often one
            os.dup2(now.index(old), number)
            continue
        nothing = os.open(os.devnull, os.O_RDWR)
        if nothing != number:
            os.dup2(nothing, number)
            os.close(nothing)


STREAMS = State("a stream of the process", _streams, _put_streams_back, _streams_changed)
DESCRIPTORS = State("a standard file descriptor", _files, _put_files_back, _files_changed)
