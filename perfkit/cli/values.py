"""What options mean: times, margins, and files that will be written."""

from __future__ import annotations

import os
from pathlib import Path

from perfkit.errors import UsageError

__all__ = ["check_positive", "duration_s", "writable"]


def duration_s(option: str, text: str) -> float:
    """Seconds of `15s`, `500ms`, `2m`, `1h` or a bare number. Raises UsageError."""
    scales = {"ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
    unit = next((u for u in ("ms", "s", "m", "h") if text.endswith(u)), "")
    number = text[: len(text) - len(unit)]
    try:
        value = float(number) * scales.get(unit, 1.0)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e7:
        raise UsageError(f"{option} {text!r} is not a time", hint="write 15s, 500ms or 2m")
    return value


def check_positive(name: str, value: float) -> None:
    """Raise UsageError unless `value` is a positive, finite number."""
    if not 0 < value < float("inf"):
        raise UsageError(f"{name} must be a positive number, not {value:g}", hint=f"write {name} 0.01")


def writable(path: Path | None) -> None:
    """Refuse a file that cannot be written before minutes are spent on measuring."""
    if path is None or str(path) == "-":
        return
    if path.is_symlink():
        path = Path(os.path.realpath(path))
        if path.is_symlink():
            raise UsageError(f"{path} is a link to itself", hint="name a file")
    if path.is_dir():
        raise UsageError(f"{path} is a folder", hint="name a file")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", hint="create it first")
    if path.exists() and not path.is_file():  # a device or a pipe
        return
    import tempfile

    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as error:
        raise UsageError(f"cannot write into {path.parent}: {error.strerror}", hint="choose another place") from error
