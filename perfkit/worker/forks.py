"""A fork of measured code that goes on as if it were the caller: it is ended, and the process that it left hears of it.

`os.fork()` returns twice. Where the child returns from the call too, two processes would go on with one proof. The
child ends itself where it comes back to perfkit; a word in memory that both share says so, and whose code it was.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import sys
import time
from typing import NoReturn

from perfkit.protocol import breadcrumb

__all__ = ["RETURNED", "count", "end_if_forked", "listen", "returned"]

RETURNED = "forks, and the child comes back from the call too; end it within the call, with os._exit"
_BYTES = 64
_PATIENCE_S = 0.3  # for a child that has been started in a call to come back from it, if it is going to
_PATIENCE_IN_ALL_S = 1.5  # of one process: who starts a process in each call has shown by then what it does
_LOOK_S = 0.002

_shared: mmap.mmap | None = None
_count = 0
_waited_s = 0.0


def listen() -> None:
    """Count the forks of this process from now on. Listening twice is as once."""
    global _shared
    if _shared is None:
        _shared = mmap.mmap(-1, _BYTES)
        os.register_at_fork(after_in_parent=_forked)


def _forked() -> None:
    global _count
    _count += 1


def count() -> int:
    """How many forks there have been."""
    return _count


def end_if_forked(pid: int, error: BaseException | None = None) -> None:
    """End this process where it is not `pid`, in which a call has begun.

    One that the call has ended (`sys.exit`) ends so; any other is an error of the call's, of which `returned` tells.
    """
    if os.getpid() != pid:
        _end(error)


def _end(error: BaseException | None) -> NoReturn:
    if isinstance(error, SystemExit):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):  # the measured code may have closed it
                stream.flush()
        os._exit(error.code if isinstance(error.code, int) else int(error.code is not None))
    if _shared is not None:
        _shared[:] = (breadcrumb.here()[0] or " ").encode()[:_BYTES].ljust(_BYTES, b"\0")
    os._exit(1)


def returned(forks: int) -> str | None:
    """Whose fork came back to perfkit, "" where nobody knows; None where none did. It is told once.

    `forks`: the count before the call. Where the call has forked, its children are given a moment to do so.
    """
    global _waited_s
    if _shared is None:
        return None
    if _count != forks and _waited_s < _PATIENCE_IN_ALL_S:
        start = time.monotonic()
        while not _shared[0] and time.monotonic() - start < _PATIENCE_S and _has_living_children():
            time.sleep(_LOOK_S)
        _waited_s += time.monotonic() - start
    if not _shared[0]:
        return None
    role = bytes(_shared).partition(b"\0")[0].decode("utf-8", "replace").strip()
    _shared[:] = bytes(_BYTES)
    return role


def _has_living_children() -> bool:
    import psutil

    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if child.status() != psutil.STATUS_ZOMBIE:
                return True
    return False
