"""What is waiting and not work: functions of the standard library, known by its own files, and C functions by name.

A function of the user's that is called `get`, in a file called `queue.py`, works like any other.
"""

from __future__ import annotations

import os
import sysconfig
from functools import lru_cache

__all__ = ["c_name", "is_library", "library_file", "waits", "waits_at", "waits_in_c"]

_FOLDERS = tuple(
    dict.fromkeys(
        folder
        for name in ("stdlib", "platstdlib")
        for path in [sysconfig.get_path(name)]
        for folder in (path, os.path.realpath(path))
    )
)
_INSTALLED = ("site-packages", "dist-packages")  # below the library's folder, and not its own
_FROZEN = "<frozen "

# files of the library, as they lie in its folder -> functions in which a thread does nothing else
_WAITING: dict[str, frozenset[str]] = {
    "concurrent/futures/_base.py": frozenset({"exception", "result", "wait"}),
    "concurrent/futures/process.py": frozenset({"wait_result_broken_or_wakeup"}),
    "concurrent/futures/thread.py": frozenset({"_worker"}),
    "multiprocessing/connection.py": frozenset({"_poll", "_recv", "accept", "poll", "wait"}),
    "multiprocessing/popen_fork.py": frozenset({"poll", "wait"}),
    "multiprocessing/queues.py": frozenset({"get"}),
    "multiprocessing/synchronize.py": frozenset({"__enter__", "acquire", "wait"}),
    "queue.py": frozenset({"get", "join", "put"}),
    "selectors.py": frozenset({"select"}),
    "socket.py": frozenset({"accept", "create_connection", "readinto"}),
    "ssl.py": frozenset({"do_handshake", "recv_into"}),
    "subprocess.py": frozenset({"_try_wait", "_wait", "poll", "wait"}),
    "threading.py": frozenset({"__enter__", "_wait_for_tstate_lock", "acquire", "join", "wait", "wait_for"}),
}

# C functions: module, class and name
_C_WAITING = frozenset(
    {
        "_multiprocessing.SemLock.__enter__",
        "_multiprocessing.SemLock.acquire",
        "_queue.SimpleQueue.get",
        "_socket.socket.accept",
        "_socket.socket.connect",
        "_socket.socket.recv",
        "_socket.socket.recv_into",
        "_socket.socket.recvfrom",
        "_thread.RLock.__enter__",
        "_thread.RLock.acquire",
        "_thread._ThreadHandle.join",
        "_thread.lock.__enter__",
        "_thread.lock.acquire",
        "_thread.thread_handle.join",
        "builtins.input",
        "posix.wait",
        "posix.wait4",
        "posix.waitid",
        "posix.waitpid",
        "select.epoll.poll",
        "select.kqueue.control",
        "select.poll.poll",
        "select.select",
        "signal.pause",
        "signal.sigwait",
        "time.sleep",
    }
)
_C_NAMES = frozenset(name.partition(".")[2] for name in _C_WAITING)  # without the module: `sleep`, `lock.acquire`
_QUOTE = "'"


@lru_cache(maxsize=100_000)
def library_file(file: str) -> str | None:
    """Where a file lies in the standard library's folder, `concurrent/futures/thread.py`; None for all others."""
    if file.startswith(_FROZEN):
        return f"{file[len(_FROZEN) :].rstrip('>').replace('.', '/')}.py"
    for folder in _FOLDERS:
        if file.startswith(folder + os.sep):
            inner = file[len(folder) + 1 :].replace(os.sep, "/")
            return None if inner.partition("/")[0] in _INSTALLED else inner
    return None


def is_library(file: str) -> bool:
    """Whether a file is the standard library's own."""
    return library_file(file) is not None


def waits(function: str, file: str) -> bool:
    """Whether a thread does nothing in this Python function but wait: not work, and no sampler always sees that."""
    names = _WAITING.get(library_file(file) or "")
    return names is not None and function.rpartition(".")[2] in names


def waits_at(frame: tuple[str, str, int]) -> bool:
    """Whether a frame, (function, file, line), is of such a function."""
    return waits(frame[0], frame[1])


def waits_in_c(name: str) -> bool:
    """Whether a C function only waits: by cProfile's name of it, or by pyinstrument's, which lacks the module."""
    return c_name(name) in _C_WAITING or name in _C_NAMES


def c_name(name: str) -> str:
    """cProfile's name of a C function as a dotted one: `time.sleep`, `_thread.lock.acquire`."""
    if name.startswith("<built-in method "):
        return name[len("<built-in method ") : -1]
    if name.startswith("<method '"):
        method, _, owner = name[len("<method '") : -1].partition("' of '")
        return f"{owner.partition(_QUOTE)[0]}.{method}"
    return name
