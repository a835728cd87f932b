"""The signature and docstring of a seam's documented form, read from the target's files. Nothing is run."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from perfkit.catalog.read_files import TargetEntry

__all__ = ["Import", "SeamSource", "read_seam"]

_DEEPEST = 5  # modules that a name is followed through


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """A name that the signature needs: `import module as bound`, or `from module import name as bound`.

    `level`: dots before the module, as seen from the target's folder; 0 for an absolute one. `guarded`: it stands
    below `if TYPE_CHECKING:`.
    """

    level: int
    module: str
    name: str
    bound: str
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeamSource:
    """A seam's documented form: parameters, the names that call it, what it returns, and its whole docstring."""

    parameters: tuple[str, ...]  # as they stand between the parentheses
    passed: str  # the same as arguments: `ops, x, *rest, flag=flag`
    returns: str  # "" where nothing is said
    doc: str
    function: Import  # itself
    imports: tuple[Import, ...]  # what the annotations and defaults need

    @property
    def signature(self) -> str:
        """As it stands behind the name."""
        return f"({', '.join(self.parameters)}){f' -> {self.returns}' if self.returns else ''}"


def read_seam(entry: TargetEntry, seam: str) -> SeamSource | None:
    """What can be read of a seam; None where it is no plain function of the target's own files."""
    folder = entry.path.parent
    found = _find(folder / "ops.py", seam, folder.parent, _DEEPEST)
    if found is None:
        return None
    path, function = found
    module = _parsed(path)
    arguments = function.args
    needed = [*_names_in(arguments), *(_names_in(function.returns) if function.returns else ())]
    imports = [_import_of(name, path, module, folder) for name in dict.fromkeys(needed) if not hasattr(builtins, name)]
    itself = _own_import(path, function.name, function.name, folder, guarded=False)
    if itself is None or None in imports or _quoted(function):
        return None
    return SeamSource(
        function=itself,
        parameters=tuple(_written(arguments)),
        passed=", ".join(_passed(arguments)),
        returns=ast.unparse(function.returns) if function.returns else "",
        doc=ast.get_docstring(function) or "",
        imports=tuple(sorted(one for one in imports if one is not None)),
    )


def _find(path: Path, name: str, within: Path, deepest: int) -> tuple[Path, ast.FunctionDef] | None:
    """The function that a module knows by a name, and the file that defines it."""
    module = _parsed(path) if deepest and path.resolve().is_relative_to(within.resolve()) else None
    if module is None:
        return None
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return path, statement
    found = _followed(path, module, name, name, within, deepest)
    if found is not None:
        return found
    inner = _default_of(module, name)
    if inner is not None and inner != name:
        return _find(path, inner, within, deepest - 1)
    return _followed(path, module, "Ops", name, within, deepest)  # the table of another target, with some replaced


def _followed(
    path: Path, module: ast.Module, imported: str, name: str, within: Path, deepest: int
) -> tuple[Path, ast.FunctionDef] | None:
    """As `_find`, in the module that `imported` comes from; `name` there, where it is imported by another one."""
    for statement in module.body:
        if not isinstance(statement, ast.ImportFrom) or not statement.level:
            continue
        for alias in statement.names:
            if (alias.asname or alias.name) == imported:
                there = alias.name if imported == name else name
                return _find(_file_of(path, statement), there, within, deepest - 1)
    return None


def _file_of(path: Path, statement: ast.ImportFrom) -> Path:
    """The file that `from ..a.b import …` in `path` reads from."""
    folder = path.parents[statement.level - 1]
    parts = (statement.module or "__init__").split(".")
    plain = folder.joinpath(*parts).with_suffix(".py")
    return plain if plain.is_file() else folder.joinpath(*parts, "__init__.py")


def _default_of(module: ast.Module, seam: str) -> str | None:
    """The name of the function that the table of seams holds for one."""
    for statement in module.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Ops":
            for field in statement.body:
                if (
                    isinstance(field, ast.AnnAssign)
                    and isinstance(field.target, ast.Name)
                    and field.target.id == seam
                    and isinstance(field.value, ast.Name)
                ):
                    return field.value.id
    return None


def _written(arguments: ast.arguments) -> Iterator[str]:
    """Each parameter with its annotation and default, and the marks between them."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(plain) - len(arguments.defaults)), *arguments.defaults]
    for number, (one, default) in enumerate(zip(plain, defaults, strict=True), 1):
        yield _parameter(one, default)
        if number == len(arguments.posonlyargs):
            yield "/"
    if arguments.vararg or arguments.kwonlyargs:
        yield f"*{_parameter(arguments.vararg, None) if arguments.vararg else ''}"
    for one, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(one, given)
    if arguments.kwarg:
        yield f"**{_parameter(arguments.kwarg, None)}"


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    if argument.annotation is None:
        return argument.arg + (f"={ast.unparse(default)}" if default else "")
    return f"{argument.arg}: {ast.unparse(argument.annotation)}" + (f" = {ast.unparse(default)}" if default else "")


def _passed(arguments: ast.arguments) -> Iterator[str]:
    yield from (one.arg for one in (*arguments.posonlyargs, *arguments.args))
    if arguments.vararg:
        yield f"*{arguments.vararg.arg}"
    yield from (f"{one.arg}={one.arg}" for one in arguments.kwonlyargs)
    if arguments.kwarg:
        yield f"**{arguments.kwarg.arg}"


def _quoted(function: ast.FunctionDef) -> bool:
    """Whether an annotation holds text: names may stand in it that are not read here."""
    parts = [function.returns, *(one.annotation for one in ast.walk(function.args) if isinstance(one, ast.arg))]
    nodes = (node for part in parts if part is not None for node in ast.walk(part))
    return any(isinstance(node, ast.Constant) and isinstance(node.value, str) for node in nodes)


def _names_in(node: ast.AST) -> Iterator[str]:
    return (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _import_of(name: str, path: Path, module: ast.Module | None, folder: Path) -> Import | None:
    """How the module of a recipe gets what the module at `path` knows by a name; None where that cannot be told."""
    for statement, guarded in _statements(module.body if module else ()):
        if name in _defined(statement):
            return _own_import(path, name, name, folder, guarded)
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        for alias in statement.names:
            whole = alias.name.partition(".")[0] if isinstance(statement, ast.Import) else alias.name
            if (alias.asname or whole) == name:
                return _imported(statement, alias.name, name, path, folder, guarded)
    return None


def _imported(
    statement: ast.Import | ast.ImportFrom, name: str, bound: str, path: Path, folder: Path, guarded: bool
) -> Import | None:
    if isinstance(statement, ast.Import):
        return Import(0, name, "", bound, guarded)
    if not statement.level:
        return Import(0, statement.module or "", name, bound, guarded)
    return _own_import(_file_of(path, statement), name, bound, folder, guarded)


def _own_import(path: Path, name: str, bound: str, folder: Path, guarded: bool) -> Import | None:
    """Of a module of the target's own catalogue: one dot is the target's folder, two are that of all targets."""
    for level, top in ((1, folder), (2, folder.parent)):
        if path.is_relative_to(top):
            parts = [part for part in path.relative_to(top).with_suffix("").parts if part != "__init__"]
            return Import(level, ".".join(parts), name, bound, guarded)
    return None


def _defined(statement: ast.stmt) -> Sequence[str]:
    """The names that a statement at the top of a module gives a value."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [goal.id for goal in statement.targets if isinstance(goal, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def _statements(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, bool]]:
    """Those at the top of a module, and those below `if TYPE_CHECKING:`."""
    for statement in body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING"):
            yield from ((inner, True) for inner in statement.body)
        else:
            yield statement, False


def _parsed(path: Path) -> ast.Module | None:
    """The syntax of a file; None where it cannot be read, which is not what this was about."""
    try:
        return _parsed_text(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=32)
def _parsed_text(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python would print the file's own lines to stderr
        return ast.parse(text)
