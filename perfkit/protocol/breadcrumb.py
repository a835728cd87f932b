"""Where a worker is: a few words in memory that perfkit sees too, and that outlive the worker.

A process that is killed cannot say whose code it was running. So it writes that down before, outside the clock.
"""

from __future__ import annotations

import mmap
import os

from perfkit import schedule

__all__ = ["LOST", "Breadcrumb", "here", "is_baseline", "keep_in", "mark", "read_breadcrumb"]

LOST = 97  # the exit status of a worker whose descriptors were closed under it
_ROLE_BYTES = 64
_BYTES = 256
_OFFSET = 1 << 16  # what measured code writes into every descriptor it finds lands at the beginning


class Breadcrumb:
    """A role and a step, written into the memory of a file that perfkit can read. Takes about a microsecond."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor`: an open file that is read and written; it may be closed afterwards."""
        os.ftruncate(descriptor, _OFFSET + _BYTES)
        self._memory = mmap.mmap(descriptor, _BYTES, offset=_OFFSET)

    def write(self, role: str, during: str) -> None:
        """Note whose code runs, and in which step."""
        self._memory[:] = _fixed(role, _ROLE_BYTES) + _fixed(during, _BYTES - _ROLE_BYTES)


def read_breadcrumb(descriptor: int) -> tuple[str, str]:
    """(role, step) as the other process wrote them last; empty where something else stands in their place.

    Read, not mapped: that process may have cut the file short, and touching memory that is gone is fatal.
    """
    raw = os.pread(descriptor, _BYTES, _OFFSET)
    role, during = _text(raw[:_ROLE_BYTES]), _text(raw[_ROLE_BYTES:])
    return (role, during) if f"{role}{during}".isprintable() else ("", "")


def _fixed(text: str, size: int) -> bytes:
    return text.encode("utf-8", "replace")[: size - 1].ljust(size, b"\0")


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace")


_kept: Breadcrumb | None = None
_here = ("", "")
_had_role = False


def keep_in(breadcrumb: Breadcrumb | None) -> None:
    """From now on this process notes its steps there."""
    global _kept, _had_role
    _kept, _had_role = breadcrumb, False


def mark(role: str | None = None, during: str | None = None) -> None:
    """Note whose code runs next, or which step; what is not given stays as it was.

    Perfkit's own code in between has no role. Where that is what dies, the last role stands: it did the damage. Until
    the first role is there, while code is imported, the step alone is noted.
    """
    global _here, _had_role
    _here = (_here[0] if role is None else role, _here[1] if during is None else during)
    _had_role = _had_role or bool(_here[0])
    if _kept is not None and (_here[0] or not _had_role):
        _kept.write(*_here)


def here() -> tuple[str, str]:
    """(role, step) that this process noted last."""
    return _here


def is_baseline() -> bool:
    """Whether the code that runs is the baseline's, or the control's."""
    return _here[0] in (schedule.BASELINE, schedule.CONTROL)
