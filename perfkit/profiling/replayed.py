"""Standard input for several runs: the first reads it as it comes, later ones read what had come by then."""

from __future__ import annotations

import contextlib
import io
import os
import select
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

__all__ = ["Replayed", "replayed"]

_PAUSE_S = 0.05
_CHUNK = 1 << 16


class Replayed:
    """What each run is to read, the first one being number 0."""

    def __init__(self, stdin: IO[bytes] | None, files: ExitStack) -> None:
        """`stdin`: None for perfkit's own, which the first run is given as it is if there is but one."""
        self._stdin, self._files = stdin, files
        self._kept: IO[bytes] | None = None
        self._over = threading.Event()
        self._feeder: threading.Thread | None = None

    def first_of_several(self, source: IO[bytes]) -> IO[bytes] | None:
        """For the first run: a terminal as it is, a file read at once, all else through a pipe as it comes."""
        if source.isatty():
            return self._stdin
        kept = tempfile.NamedTemporaryFile(prefix="perfkit-")  # noqa: SIM115 - closed with the other files
        self._kept = self._files.enter_context(kept)
        if not _comes_slowly(source):
            while chunk := source.read(_CHUNK):
                kept.write(chunk)
            kept.flush()
            return self.later()
        out, into = os.pipe()
        reader = self._files.enter_context(os.fdopen(out, "rb"))
        self._feeder = threading.Thread(target=self._feed, args=(source.fileno(), into), daemon=True)
        self._feeder.start()
        return reader

    def later(self) -> IO[bytes]:
        """For a later run: the same bytes from the beginning; nothing where the first one had a terminal."""
        self.stop()
        return self._files.enter_context(open(self._kept.name if self._kept is not None else os.devnull, "rb"))

    def stop(self) -> None:
        """The first run has ended: what has not come by now is nobody's."""
        self._over.set()
        if self._feeder is not None:
            self._feeder.join()
            self._feeder = None

    def _feed(self, source: int, into: int) -> None:
        kept = self._kept
        with os.fdopen(into, "wb", buffering=0) as pipe, contextlib.suppress(OSError):
            os.set_blocking(into, False)  # the program may not read, and must not be waited for
            while kept is not None and not self._over.is_set():
                if not select.select([source], [], [], _PAUSE_S)[0]:
                    continue
                chunk = os.read(source, _CHUNK)
                if not chunk:
                    return
                kept.write(chunk)
                kept.flush()
                self._pass_on(pipe, memoryview(chunk))

    def _pass_on(self, pipe: io.FileIO, left: memoryview) -> None:
        while left and not self._over.is_set():
            if select.select([], [pipe], [], _PAUSE_S)[1]:
                left = left[pipe.write(left) or 0 :]


def _comes_slowly(source: IO[bytes]) -> bool:
    """Whether it is a pipe or the like, which may never end."""
    try:
        return not stat.S_ISREG(os.fstat(source.fileno()).st_mode)
    except (OSError, ValueError):  # no descriptor: it is in memory
        return False


@contextmanager
def replayed(stdin: IO[bytes] | None) -> Iterator[Replayed]:
    """The inputs, for as long as the block runs."""
    with ExitStack() as files:
        inputs = Replayed(stdin, files)
        try:
            yield inputs
        finally:
            inputs.stop()
