"""What msgspec says of a damaged document, as one line that names the place and the value there."""

from __future__ import annotations

import re
from typing import Any

import msgspec

__all__ = ["fault"]

_STEP = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")
_SHOWN = 60  # characters of a value

Steps = tuple[str | int, ...]


def fault(error: msgspec.ValidationError, data: Any, kind: type) -> str:
    """The line for an `error` of converting `data` to `kind`."""
    said, _, place = str(error).partition(" - at ")
    said = said[:1].lower() + said[1:].replace("`", "")
    steps = _steps(place, data, kind, str(error))
    where = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps).removeprefix(".")
    if "missing required field" in said:
        return f"{where}: {said}" if where else said
    value = repr(_at(steps, data))
    value = value if len(value) <= _SHOWN else f"{value[: _SHOWN - 1]}…"
    known = "invalid enum value" in said  # which repeats the value, whole
    return f"{where} cannot be {value}" if known else f"{where} cannot be {value}: {said}"


def _steps(place: str, data: Any, kind: type, said: str) -> Steps:
    """The way to the value. msgspec names no key of a mapping: it is the one that is wrong without the others too."""
    steps: Steps = ()
    for name, index in _STEP.findall(place):
        if index == "...":
            keys = list(_at(steps, data))
            steps += (next((k for k in keys[1:] if _says(said, _only(k, steps, data), kind)), keys[0]),)
        else:
            steps += (int(index) if index else name,)
    return steps


def _at(steps: Steps, data: Any) -> Any:
    for step in steps:
        data = data[step]
    return data


def _only(key: str, steps: Steps, data: Any) -> Any:
    """The data with nothing but `key` in the mapping at `steps`."""
    if not steps:
        return {key: data[key]}
    first, *rest = steps
    inner = _only(key, tuple(rest), data[first])
    if isinstance(data, dict):
        return {**data, first: inner}
    return [inner if i == first else item for i, item in enumerate(data)]


def _says(said: str, data: Any, kind: type) -> bool:
    try:
        msgspec.convert(data, kind)
    except (msgspec.ValidationError, UnicodeError) as error:
        return str(error) == said
    return False
