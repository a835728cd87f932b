"""`[tool.perfkit]` of a pyproject.toml: which catalogues a folder of work brings along. Pure: text in, paths out."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from perfkit.errors import UnknownName, UsageError

__all__ = ["configured_catalogs"]

_FORM = 'write catalog = "folder", or a list of folders'


def configured_catalogs(text: bytes, file: Path) -> tuple[Path, ...]:
    """The folders that `[tool.perfkit] catalog` names in `text`, relative to `file`, which holds it.

    Raises UsageError for what is no TOML or not of that form, UnknownName for a key that means nothing.
    """
    try:
        document = tomllib.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} cannot be read as TOML: {error}", hint="fix the file") from error
    table = _table(_table(document, "tool", file), "perfkit", file)
    for key in table:
        if key != "catalog":
            raise UnknownName(f"setting of [tool.perfkit] in {file}", key, ["catalog"])
    named = table.get("catalog", [])
    folders = [named] if isinstance(named, str) else named
    if not isinstance(folders, list) or not all(isinstance(f, str) and f.strip() for f in folders):
        raise UsageError(f"{file}: [tool.perfkit] catalog is {named!r}, which names no folder", hint=_FORM)
    # without `..`: the path is printed, and it is easier to read so
    return tuple(dict.fromkeys(Path(os.path.normpath(file.parent / folder)) for folder in folders))


def _table(document: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise UsageError(f"{file}: {name} is {found!r} and should be a table", hint="write it below [tool.perfkit]")
    return found
