"""Whether this thread computes with subnormal floats or flushes them to zero, and how to have it do the other.

Two bits of a control register that each thread has: flush-to-zero (a result that would be subnormal is 0) and
denormals-are-zero (an operand that is subnormal is read as 0). They are reached through fegetenv and fesetenv of the C
library, so without numpy or torch, on x86-64 and 64-bit ARM. A thread inherits them from the one that starts it; one
that runs already keeps its own.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ExtensionFileLoader
from typing import Any

__all__ = ["FLUSHES", "can_flush", "flushes", "flushing", "set_flushing", "thread_count"]
__all__ += ["said_of", "watching_imports"]


@dataclass(frozen=True, slots=True)
class _Register:
    """Where the bits lie in what fegetenv writes."""

    offset: int
    bits: int


FLUSHES = (
    "switched flush-to-zero on for the whole process, as -ffast-math does: subnormals are 0 in all that is measured"
)
_X86, _ARM = 0x8040, 1 << 24  # FTZ and DAZ of MXCSR; FZ of FPCR, which is both
_REGISTERS = {
    ("Linux", "x86_64"): _Register(28, _X86),
    ("Linux", "aarch64"): _Register(0, _ARM),
    ("Darwin", "x86_64"): _Register(4, _X86),
    ("Darwin", "arm64"): _Register(8, _ARM),
}
_ENVIRONMENT_BYTES = 64  # more than any fenv_t


@cache
def _library() -> tuple[Any, _Register] | None:
    register = _REGISTERS.get((platform.system(), platform.machine()))
    if register is None:
        return None
    try:
        library = ctypes.CDLL(None)
        return (library, register) if hasattr(library, "fegetenv") and hasattr(library, "fesetenv") else None
    except OSError:
        return None


def can_flush() -> bool:
    """Whether the bits can be read and set here."""
    return _library() is not None


def flushes() -> bool:
    """Whether this thread flushes subnormals to zero; False where nobody can tell."""
    found = _library()
    if found is None:
        return False
    library, register = found
    return bool(_value(library, register)[1] & register.bits)


def _value(library: Any, register: _Register) -> tuple[Any, int]:
    """The environment of this thread, and the word of it that holds the bits."""
    environment = (ctypes.c_uint8 * _ENVIRONMENT_BYTES)()
    library.fegetenv(environment)
    return environment, struct.unpack_from("<I", environment, register.offset)[0]


def set_flushing(on: bool) -> None:
    """Have this thread flush subnormals to zero, or compute with them; nothing where that cannot be set."""
    found = _library()
    if found is None:
        return
    library, register = found
    environment, value = _value(library, register)
    struct.pack_into("<I", environment, register.offset, value | register.bits if on else value & ~register.bits)
    library.fesetenv(environment)


@contextmanager
def flushing(on: bool = True) -> Iterator[None]:
    """Flush within the block, if `on`; afterwards as before. Threads that are started within it go on flushing."""
    if not on:
        yield
        return
    before = flushes()
    set_flushing(True)
    try:
        yield
    finally:
        set_flushing(before)


def thread_count() -> int:
    """How many threads this process has, those of libraries among them where the system shows them."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def said_of(switched: Sequence[str], imported: str) -> list[str]:
    """A line for each of them; `imported`: what brought them in."""
    return [f"{name or imported}, which is imported, {FLUSHES}" for name in switched]


@contextmanager
def watching_imports() -> Iterator[list[str]]:
    """Names, as they are found, what switches flushing on while it is imported: extensions built with -ffast-math do.

    The last is "" where it is not an extension module: a library that one loads, or Python code that asks for it.
    """
    found: list[str] = []
    original = ExtensionFileLoader.create_module
    before = flushes()

    def create_module(loader: ExtensionFileLoader, spec: Any) -> Any:
        on = flushes()
        module = original(loader, spec)
        if flushes() and not on:
            found.append(spec.name)
        return module

    ExtensionFileLoader.create_module = create_module  # type: ignore[assignment,method-assign]
    try:
        yield found
    finally:
        ExtensionFileLoader.create_module = original  # type: ignore[method-assign]
        if flushes() and not before and not found:
            found.append("")
