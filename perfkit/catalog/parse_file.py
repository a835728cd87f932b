"""Read the literals of a Python file without running it.

The catalogue is listed from what stands in the files. Nothing is imported or evaluated: constants and
containers of constants are read from the syntax tree, a call is read as its name and arguments, and everything
else is `OPAQUE`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from perfkit.errors import CatalogError

__all__ = ["OPAQUE", "Call", "Source", "read_source"]


class _Opaque:
    def __repr__(self) -> str:
        return "<not a literal>"


OPAQUE = _Opaque()


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it is written: `name(*args, **keywords)`, arguments read the same way."""

    name: str
    args: tuple[Any, ...]
    keywords: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What can be known of a module without running it: its docstring, its module-level names, and its imports.

    `imports`: (module, name of it or "") of every absolute import that stands at the top level.
    """

    doc: str
    names: dict[str, Any]
    imports: tuple[tuple[str, str], ...] = ()


def read_source(path: Path) -> Source:
    """Parse `path`. Raises CatalogError, naming the file and line, when it is not readable Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python would print the file's own lines to stderr
            return _parsed(path.read_text(encoding="utf-8"), str(path))
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""  # of null bytes Python does not say where they stand
        raise CatalogError(f"{path}{line}: {error.msg}", hint="fix the syntax of the file") from error
    except OSError as error:
        raise CatalogError(f"{path}: {error.strerror or error}", hint="make it readable, or remove it") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path}: {error}", hint="save it as UTF-8") from error
    except ValueError as error:
        raise CatalogError(f"{path}: {error}", hint="fix the syntax of the file") from error
    except (RecursionError, MemoryError) as error:  # how Python's parser says so
        raise CatalogError(f"{path}: nested too deep to be read", hint="write it flatter") from error


@lru_cache(maxsize=1024)  # a catalogue is read anew for each worker, which may be in this process
def _parsed(text: str, filename: str) -> Source:
    module = ast.parse(text, filename=filename)
    names: dict[str, Any] = {}
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            for goal in statement.targets:
                if isinstance(goal, ast.Name):
                    names[goal.id] = _value(statement.value)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names[statement.target.id] = _value(statement.value) if statement.value else OPAQUE
    imports = tuple(one for statement in module.body for one in _imported(statement))
    return Source(doc=ast.get_docstring(module) or "", names=names, imports=imports)


def _imported(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    if isinstance(statement, ast.Import):
        yield from ((alias.name, "") for alias in statement.names)
    elif isinstance(statement, ast.ImportFrom) and statement.level == 0 and statement.module:
        yield from ((statement.module, alias.name) for alias in statement.names)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        keywords = {k.arg: _value(k.value) for k in node.keywords if k.arg is not None}
        return Call(node.func.id, tuple(_value(a) for a in node.args), keywords)
    if isinstance(node, ast.Tuple | ast.List):
        items = [_value(item) for item in node.elts]
        return tuple(items) if isinstance(node, ast.Tuple) else items
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return OPAQUE
