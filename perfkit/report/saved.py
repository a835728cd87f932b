"""The bytes and tokens of a saved run: read within limits, or refused in one line. Their meaning is `document`'s."""

from __future__ import annotations

import codecs
import contextlib
import json
import math
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from perfkit.errors import UsageError

__all__ = ["MOST_BYTES", "is_profile", "read_json"]

MOST_BYTES = 1 << 30  # a thousand times a run of a whole catalogue: more is some other file
_CHUNK_BYTES = 1 << 20
_MOST_DIGITS = 300  # more fit no float
_DEEPEST = 64  # a saved run needs eight; what reads and writes it again must not run out of stack
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_profile(data: Any) -> bool:
    """Whether parsed JSON says that it is a document of `perfkit profile`."""
    return isinstance(data, dict) and data.get("command") == "profile" and "hotspots" in data


def read_json(path: Path) -> Any:
    """The JSON value in a file, or on standard input for `-`. UTF-8, with or without a byte order mark.

    Raises UsageError in one line for what cannot be read, is no text, too large, cut short or no proper JSON. What is
    no text is refused at its first chunk, so that a device or a core dump never fills the memory.
    """
    try:
        text = _decode(_read(path), path)
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int)
    except json.JSONDecodeError as error:
        reason = str(error) if text.strip() else "it is empty"
        raise UsageError(
            f"{path} is not a complete JSON file ({reason})", hint="it may be cut short; save it again"
        ) from None
    except RecursionError:
        raise _damaged(path, "it is nested too deep") from None
    except ValueError as error:
        raise _damaged(path, str(error)) from None
    except MemoryError:
        raise _unreadable(path, "it does not fit into the memory here") from None
    if _deeper(data, _DEEPEST):
        raise _damaged(path, "it is nested too deep")
    return data


def _damaged(path: Path, reason: str) -> UsageError:
    return UsageError(f"{path} is damaged: {reason}", hint="save it again")


def _unreadable(path: Path, reason: str) -> UsageError:
    return UsageError(f"cannot read {path}: {reason}", hint="perfkit compare … --save FILE writes one")


def _read(path: Path) -> bytearray:
    """Everything in the file, as long as it may be a text of a sensible size."""
    content = bytearray()
    try:
        with _opened(path) as file:
            size = os.fstat(file.fileno()).st_size if str(path) != "-" else 0
            while size <= MOST_BYTES and (chunk := file.read(_CHUNK_BYTES)):
                _check(chunk, path, first=not content)
                content += chunk
                size = max(size, len(content))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if size > MOST_BYTES:
        raise _unreadable(path, f"larger than {MOST_BYTES >> 30} GiB, which no saved run is")
    return content


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        if sys.stdin is None:
            raise _unreadable(path, "there is no standard input")
        yield sys.stdin.buffer
        return
    with open(path, "rb", opener=_without_waiting) as file:
        os.set_blocking(file.fileno(), True)
        yield file


def _without_waiting(path: str, flags: int) -> int:
    """Open a named pipe at once: without this, one that nobody writes to hangs for ever; with it, it is empty."""
    return os.open(path, flags | os.O_NONBLOCK)


def _check(chunk: bytes, path: Path, *, first: bool) -> None:
    """Refuse what cannot be part of a saved run, however much of it is still to come."""
    if first and chunk.startswith(_UTF_16):
        raise _unreadable(path, "not a text file in UTF-8, but in UTF-16 or UTF-32")
    if b"\0" in chunk:
        raise _unreadable(path, "not a text file")
    if first and chunk.removeprefix(codecs.BOM_UTF8).lstrip()[:1] not in (b"{", b"[", b""):
        raise UsageError(f"{path} is not a saved run of perfkit compare")


def _decode(content: bytearray, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"not a text file in UTF-8 ({error.reason} at byte {error.start})") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ValueError(f"the key {twice[:40]!r} appears twice in one object")
    return found


def _constant(token: str) -> float:
    raise ValueError(f"{token} is not a JSON number")


def _float(token: str) -> float:
    value = float(token)
    if math.isinf(value):
        raise ValueError(f"{token[:20]} is larger than any number here can be")
    return value


def _int(token: str) -> int:
    if len(token) > _MOST_DIGITS:
        raise ValueError(f"a whole number of {len(token)} digits")
    return int(token)


def _deeper(data: Any, most: int) -> bool:
    """Whether lists and objects stand in one another more than `most` deep; level by level, without a stack."""
    level = [data]
    for _ in range(most):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True
