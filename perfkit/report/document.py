"""Documents as JSON: written so that a crash leaves the old file whole, read so that damage is one clear line."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from perfkit.errors import PerfkitError, UsageError
from perfkit.report.fault import fault
from perfkit.report.flat import SavedRun, as_run, flat
from perfkit.report.plausible import check_plausible
from perfkit.report.saved import read_json
from perfkit.report.visible import safe_json
from perfkit.result import Document, Result

__all__ = ["FORMAT_VERSION", "document_from_json", "read_document", "to_json", "write_bytes", "write_text"]

FORMAT_VERSION = 1


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
    if isinstance(value, msgspec.Struct):
        return {f.encode_name: _plain(getattr(value, f.name)) for f in msgspec.structs.fields(value)}
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


def _what_it_is(data: Any) -> str:
    """What a document of another command is; "" for what perfkit has not written."""
    command = data.get("command") if isinstance(data, dict) and "format_version" in data else None
    return f"it is what perfkit {command} has written" if command in ("profile", "list", "explain", "doctor") else ""


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
        raise UsageError(f"{name} is JSON, but not a saved run of perfkit compare", hint=_what_it_is(data))
    version = data["format_version"]
    if not isinstance(version, int) or version > FORMAT_VERSION or version < 1:
        raise UsageError(
            f"{name} has format {version!r}; this perfkit reads up to {FORMAT_VERSION}",
            hint="read it with the newer perfkit that saved it",
        )
    try:
        document = as_run(msgspec.convert(data, SavedRun))
        check_plausible(document)
    except msgspec.ValidationError as error:
        raise UsageError(f"{name} is damaged: {fault(error, data, SavedRun)}") from None
    except UnicodeError:
        raise UsageError(f"{name} is damaged: a name in it is not Unicode text") from None
    except ValueError as error:
        raise UsageError(f"{name} is damaged: {error}") from None
    return document
