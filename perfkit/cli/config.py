"""`[tool.perfkit]` of a pyproject.toml: the catalogues that a folder of work brings along, and its comparisons.

Pure: text in, paths and tables out.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from perfkit.errors import UnknownName, UsageError

__all__ = ["ALL", "comparison_tables", "configured_catalogs"]

ALL = "all"  # stands for every comparison, so none can be called like this
_FORM = 'write catalog = "folder", or a list of folders'
_NAME = re.compile(r"[^\W_][\w-]*")  # what the grammar reads as a plain word


def configured_catalogs(text: bytes, file: Path) -> tuple[Path, ...]:
    """The folders that `[tool.perfkit] catalog` names in `text`, relative to `file`, which holds it.

    Raises UsageError for what is no TOML or not of that form, UnknownName for a key that means nothing.
    """
    named = _settings(text, file).get("catalog", [])
    folders = [named] if isinstance(named, str) else named
    if not isinstance(folders, list) or not all(isinstance(f, str) and f.strip() for f in folders):
        raise UsageError(f"{file}: [tool.perfkit] catalog is {named!r}, which names no folder", hint=_FORM)
    # without `..`: the path is printed, and it is easier to read so
    return tuple(dict.fromkeys(Path(os.path.normpath(file.parent / folder)) for folder in folders))


def comparison_tables(text: bytes, file: Path) -> dict[str, dict[str, Any]]:
    """Each table `[tool.perfkit.compare.NAME]` by its name, as it stands there.

    Raises UsageError as `configured_catalogs` does, for what is not a table, and for a name that is not a plain word.
    """
    hint = "write [tool.perfkit.compare.NAME], and before and after below it"
    tables = _settings(text, file).get("compare", {})
    if not isinstance(tables, dict):
        raise UsageError(f"{file}: [tool.perfkit] compare is {tables!r} and should be a table", hint=hint)
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise UsageError(f"{file}: [tool.perfkit.compare] {name} is {table!r} and should be a table", hint=hint)
        if name == ALL or not _NAME.fullmatch(name):
            why = f"{ALL} means all of them" if name == ALL else "a name is letters, digits, - and _"
            raise UsageError(f"{file}: no comparison can be called {name!r}", hint=why)
    return tables


def _settings(text: bytes, file: Path) -> dict[str, Any]:
    """The table `[tool.perfkit]`. Raises UsageError, and UnknownName for a key that means nothing."""
    try:
        document = tomllib.loads(text.decode())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file} cannot be read as TOML: {error}", hint="fix the file") from error
    table = _table(_table(document, "tool", file), "perfkit", file)
    for key in table:
        if key not in ("catalog", "compare"):
            raise UnknownName(f"setting of [tool.perfkit] in {file}", key, ["catalog", "compare"])
    return table


def _table(document: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise UsageError(f"{file}: {name} is {found!r} and should be a table", hint="write it below [tool.perfkit]")
    return found
