"""A program as its own `__main__`, in an interpreter of its own: this file is run there as a script, never imported.

    python perfkit/sources/program.py READY GO RESULT LOOK script.py argument …
    python perfkit/sources/program.py READY GO RESULT LOOK -m package.module argument …

It closes the descriptor READY, waits for one line from the descriptor GO, closes that too, and does what Python itself
does with these words: `sys.argv`, `sys.path[0]`, `__main__`, how it ends and what it prints are the program's own. The
line names what collects in this process, a file of `profilers/in_program`, or "outside" where a profiler looks from
there, and its rate; LOOK is 1 where this process must allow that. Into the file RESULT go the clocks at the start and
at the end, or why there is no such module; into RESULT.profile what the profiler saw.

This is the one file of perfkit that executes the source of a program. It imports what is part of the interpreter, and
what a profiler needs that was asked for: the program must find its own modules, also where they are called as the
library's, and pay for what it imports.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    Space = dict[str, Any]
    Collect = Callable[[Callable[[], None], str], None]

__all__ = ["FILE", "OUTSIDE", "ROOT", "run"]

FILE = __file__
OUTSIDE = "outside"
_own = {FILE}  # whose frames are not the program's
_kept: list[Any] = []  # modules that the program must not see, whose functions are still needed


def run(code: CodeType, space: Space) -> None:
    """The program: what lies below this frame is its own."""
    exec(code, space)  # noqa: S102 - the program that the user named; nothing else in perfkit executes source


ROOT = (run.__code__.co_filename, run.__name__)  # (file, function)


def _main(ready: str, go: str, result: str, look: str, *words: str) -> None:
    import os

    if not sys.flags.safe_path:
        del sys.path[0]  # perfkit's own folder
    if look == "1":
        _let_look()
    os.close(int(ready))
    with os.fdopen(int(go), "rb") as line:  # until perfkit closes its end
        under, _, rate = os.fsdecode(line.read()).rpartition(" ")
    before = set(sys.modules)
    collect = _collector(under)(float(rate))
    added = set(sys.modules) - before
    space, load = _module(list(words), result) if words[0] == "-m" else _script(list(words))
    _let_go_of(added)
    clocks = _Clocks(result)
    try:
        clocks.start()
        collect(lambda: run(load(), space), f"{result}.profile")
    except BaseException:
        _hide_these_frames()
        raise


def _script(words: list[str]) -> tuple[Space, Callable[[], CodeType]]:
    """What the interpreter does with `script.py`: the name space, and how to get its code."""
    import os

    path = os.path.abspath(words[0])
    sys.argv[:] = words
    if not sys.flags.safe_path:
        sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    loader = sys.modules["_frozen_importlib_external"].SourceFileLoader("__main__", path)
    space = _new_main(__file__=path, __cached__=None, __loader__=loader)

    def load() -> CodeType:
        with open(path, "rb") as source:
            return compile(source.read(), path, "exec", dont_inherit=True)

    return space, load


def _module(words: list[str], result: str) -> tuple[Space, Callable[[], CodeType]]:
    """What the interpreter does with `-m name`; its package is imported when the program starts."""
    import os
    import runpy  # so does Python itself

    internals: Any = runpy
    sys.argv[:] = ["-m", *words[2:]]
    if not sys.flags.safe_path:
        sys.path.insert(0, os.getcwd())
    space = _new_main()

    def load() -> CodeType:
        try:
            _, spec, code = internals._get_module_details(words[1], internals._Error)
        except internals._Error as error:
            with open(result, "a", encoding="utf-8", errors="backslashreplace") as file:
                print("absent", error, file=file)
            sys.exit(1)
        sys.argv[0] = spec.origin
        space.update(__file__=spec.origin, __cached__=spec.cached, __loader__=spec.loader)
        space.update(__package__=spec.parent, __spec__=spec)
        return code  # type: ignore[no-any-return]

    return space, load


def _new_main(**names: Any) -> Space:
    """The name space of a new, empty `__main__`."""
    import builtins

    _kept.append(sys.modules["__main__"])
    new = sys.modules["__main__"] = type(sys)("__main__")
    vars(new).update(__builtins__=builtins, __annotations__={}, **names)
    return vars(new)


def _let_go_of(modules: set[str]) -> None:
    """Forget those of these modules that lie in the program's own folder under the same name."""
    import os

    own: set[str] = set()
    for folder in sys.path[:1]:
        try:
            own = {entry.partition(".")[0] for entry in os.listdir(folder or os.curdir)}
        except OSError:
            continue
    for name in modules:
        if name.partition(".")[0] in own:
            _kept.append(sys.modules.pop(name))


def _hide_these_frames() -> None:
    """Let the traceback begin with the program's own frames, as it does without perfkit."""
    hook = sys.excepthook

    def shown(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        while trace is not None and trace.tb_frame.f_code.co_filename in _own:
            trace = trace.tb_next
        hook(kind, error.with_traceback(trace), trace)

    sys.excepthook = shown


class _Clocks:
    """Writes the clocks when the program starts and when all of it has ended: threads, and what atexit calls."""

    def __init__(self, result: str) -> None:
        import atexit
        import os
        import time

        self._os, self._time, self._result = os, time, result
        self._process = os.getpid()
        atexit.register(self._end)  # the first to be registered is the last to be called

    def start(self) -> None:
        """The program begins."""
        self._write("start", self._queued_ns(), 0, self._time.process_time_ns(), self._time.thread_time_ns())

    def _end(self) -> None:
        if self._os.getpid() == self._process:  # and no fork of it
            own_ns, process_ns = self._time.thread_time_ns(), self._time.process_time_ns()
            ended = self._os.times()  # to the hundredth of a second; the rest is known outside
            children_ns = int((ended.children_user + ended.children_system) * 1e9)
            self._write("end", self._queued_ns(), children_ns, process_ns, own_ns)

    def _queued_ns(self) -> int:
        """How long this thread stood ready and had no processor; 0 where the system does not tell."""
        try:
            file = self._os.open("/proc/thread-self/schedstat", self._os.O_RDONLY)
        except OSError:
            return 0
        try:
            return int(self._os.read(file, 100).split()[1])
        finally:
            self._os.close(file)

    def _write(self, what: str, *numbers: int) -> None:
        wall_ns = self._time.perf_counter_ns()
        flags = self._os.O_WRONLY | self._os.O_CREAT | self._os.O_APPEND
        file = self._os.open(self._result, flags, 0o600)
        try:
            self._os.write(file, f"{what} {wall_ns} {' '.join(map(str, numbers))}\n".encode())
        finally:
            self._os.close(file)


def _outside(rate: float) -> Collect:
    return lambda program, result: program()


def _collector(file: str) -> Callable[[float], Collect]:
    """What makes the collector of a profiler: one that looks from outside needs none, others bring a file of theirs."""
    if file == OUTSIDE:
        return _outside
    module = type(sys)("collector")
    sys.modules["_frozen_importlib_external"].SourceFileLoader("collector", file).exec_module(module)
    _kept.append(module)
    _own.add(file)
    return module.collector  # type: ignore[no-any-return]


def _let_look() -> None:
    """Where only a parent may look into a process, let all of the same user do so."""
    import ctypes

    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER, any
    for name in [name for name in sys.modules if name.partition(".")[0] in ("ctypes", "_ctypes", "struct", "_struct")]:
        _kept.append(sys.modules.pop(name))


if __name__ == "__main__":
    _main(*sys.argv[1:])
