"""Documents as JSON: written so that a crash leaves the old file whole, read so that damage is one clear line."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import stat
import tempfile
import types
import typing
from pathlib import Path
from typing import Any

from perfkit.errors import PerfkitError, UsageError
from perfkit.report.flat import flat, nested
from perfkit.report.plausible import check_plausible
from perfkit.report.saved import read_json
from perfkit.report.visible import safe_json
from perfkit.result import Document, Result

__all__ = ["FORMAT_VERSION", "document_from_json", "read_document", "to_json", "write_bytes", "write_text"]

FORMAT_VERSION = 1
# fields that runs saved before they came do not have
_NEWER = {
    "units", "ratios", "sums", "trend", "p99_ns", "variance", "stopped_by", "why", "readings", "awkward", "extremes",
    "findings", "calls_of_one_instance", "reached",
}  # fmt: skip
_DEEPEST = 20  # levels of a value of any kind, such as one of the environment


def to_json(value: Any) -> str:
    """Dataclasses, named tuples and plain values as one indented JSON document; NaN and infinity are refused.

    Readable text stays readable; controls, bidirectional marks and bytes that are no text are \\u escapes.
    """
    return safe_json(json.dumps(_plain(value), indent=1, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Result):
        return _plain(flat(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(part) for name, part in value._asdict().items()}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(v) for v in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return value


def write_text(text: str, path: Path) -> None:
    """As `write_bytes`, in UTF-8."""
    write_bytes(text.encode(), path)


def write_bytes(content: bytes, path: Path) -> None:
    """Write a file whole or not at all: a temporary name beside it, fsync, rename. Devices and pipes directly.

    Raises PerfkitError naming the path and what the system said.
    """
    try:
        descriptor = _descriptor(path)
        if descriptor is not None:  # a copy of it shares its position: what others wrote there is continued
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.write(content)
            return
        if path.is_dir():
            raise UsageError(f"{path} is a folder", hint="name a file")
        if path.exists() and not path.is_file():  # a device or a pipe
            with path.open("ab") as file:
                file.write(content)
            return
        path = Path(os.path.realpath(path)) if path.is_symlink() else path  # a link stays a link
        handle, temporary = tempfile.mkstemp(prefix=".perfkit-", dir=path.parent)  # nobody else may read it
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, _mode(path))
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise PerfkitError(
            f"cannot write {path}: {error.strerror or error}", hint="choose another place; the old file is untouched"
        ) from error


def _descriptor(path: Path) -> int | None:
    """The open descriptor that a path such as /dev/fd/3 or /dev/stdout names."""
    text = str(path)
    named = re.fullmatch(r"/(?:dev|proc/self)/fd/(\d{1,9})", text)
    return int(named[1]) if named else {"/dev/stdout": 1, "/dev/stderr": 2}.get(text)


def _mode(path: Path) -> int:
    """The permissions of the file that is replaced; of a new one, what the user's umask leaves."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def read_document(path: Path) -> Document:
    """Read a saved run. Raises UsageError in one line when it is missing, damaged, foreign or newer."""
    return document_from_json(read_json(path), str(path))


def document_from_json(data: Any, name: str) -> Document:
    """Check and convert parsed JSON. Raises UsageError naming what does not fit."""
    if not isinstance(data, dict) or "format_version" not in data or "results" not in data:
        raise UsageError(f"{name} is JSON, but not a saved run of perfkit compare")
    version = data["format_version"]
    if not isinstance(version, int) or version > FORMAT_VERSION or version < 1:
        raise UsageError(
            f"{name} has format {version!r}; this perfkit reads up to {FORMAT_VERSION}",
            hint="read it with the newer perfkit that saved it",
        )
    try:
        document: Document = _build(Document, data)
        check_plausible(document)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise UsageError(f"{name} is damaged: {error}") from None
    return document


def _build(kind: Any, data: Any) -> Any:
    """Rebuild a value of the annotated type `kind` from JSON, checking as it goes."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if data is None and type(None) in args:
            return None
        return _build(next(a for a in args if a is not type(None)), data)
    if origin is tuple:
        if not isinstance(data, list):
            raise TypeError(f"expected a list, got {type(data).__name__}")
        if args[-1] is Ellipsis:
            return tuple(_build(args[0], item) for item in data)
        return tuple(_build(a, item) for a, item in zip(args, data, strict=True))
    if origin is dict:
        if not isinstance(data, dict):
            raise TypeError(f"expected an object, got {type(data).__name__}")
        return {k: _build(args[1], v) for k, v in data.items()}
    if dataclasses.is_dataclass(kind):
        if not isinstance(data, dict):
            raise TypeError(f"expected an object, got {type(data).__name__}")
        data = nested(data) if kind is Result else data
        hints = typing.get_type_hints(kind)
        missing = [f.name for f in dataclasses.fields(kind) if f.name not in data and f.name not in _NEWER]
        if missing:
            raise KeyError(f"{', '.join(missing)} missing")
        known = [f.name for f in dataclasses.fields(kind) if f.name in data]
        return typing.cast(Any, kind)(**{name: _build(hints[name], data[name]) for name in known})
    if kind is object or kind is Any:
        _check_depth(data, _DEEPEST)
        return data
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise TypeError(f"expected {kind.__name__}, got {type(data).__name__}")
    return data


def _check_depth(data: Any, levels: int) -> None:
    if isinstance(data, dict | list):
        if levels == 0:
            raise ValueError("a value is nested too deep")
        for item in data.values() if isinstance(data, dict) else data:
            _check_depth(item, levels - 1)
