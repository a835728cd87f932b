"""`perfkit compare --named NAME|all`: what pyproject.toml names is run as the command line that it stands for."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from perfkit.cli.catalogs import catalog_folders, read_config
from perfkit.cli.code import known_names, options_of
from perfkit.cli.complaint import complain
from perfkit.cli.exit_codes import STOPPED, worst
from perfkit.cli.terminal import emit_line, say
from perfkit.errors import Interrupted, PerfkitError, UnknownName, UsageError
from perfkit.grammar import Comparison, begins_program, is_function, read_code
from perfkit.report.visible import one_line

if TYPE_CHECKING:
    from perfkit.cli.named import Named

__all__ = ["Line", "comparison_names", "line_of", "named_comparisons"]

_HOW = "write [tool.perfkit.compare.NAME] with before and after into pyproject.toml"


@dataclass(frozen=True, slots=True)
class Line:
    """A command line of `compare`, and where its functions are looked for first; None is the current folder."""

    command: str
    folder: str | None = None
    comparisons: tuple[str, ...] = ()  # names that a plain word may have meant
    spelled: bool = False  # it stands for a named comparison


def comparison_names() -> tuple[str, ...]:
    """The comparisons that the nearest pyproject.toml names. Raises UsageError."""
    return tuple(_tables()[0])


def named_comparisons() -> dict[str, Named]:
    """All of them, read. Raises UsageError, and UnknownName for a key that means nothing."""
    tables, file = _tables()
    return _read(tables, [*tables], file)


def line_of(context: typer.Context) -> Line:
    """The command line that is to be run. One that names a comparison is run here, and then raises typer.Exit.

    Raises UsageError, UnknownName, and what the comparison raises.
    """
    if isinstance(context.obj, Line):
        return context.obj
    line = Line(shlex.join(["perfkit", *sys.argv[1:]]))
    words, named = context.params["code"] or (), context.params["named"]
    if named is None and (not words or begins_program(words[0]) or any(map(is_function, words))):
        return line
    tables, file = _tables()
    if named is None:
        if context.params["every"] or context.params["recipe"]:  # then a word beside it is a target
            return line
        if not any(word in tables for word in words):
            return Line(line.command, comparisons=tuple(tables))
        named = _word(words, tables, context.params["catalog"])
    elif words:
        raise UsageError(f"--named {named} says what is compared, and so does {words[0]}", hint="use one of them")
    raise typer.Exit(_run_named(context, named, tables, file))


def _word(words: Sequence[str], tables: Mapping[str, object], catalogs: Sequence[Path] | None) -> str:
    """The comparison that the words name. Raises UsageError and UnknownName."""
    from perfkit import api

    codes = read_code(words, known_names(api.catalog(catalog_folders(catalogs)), tables))
    named = [code.name for code in codes if isinstance(code, Comparison)]
    if len(codes) > 1:
        raise UsageError(f"{named[0]} is a comparison of its own", hint="name nothing else, or use --named all")
    return named[0]


def _tables() -> tuple[dict[str, dict[str, Any]], Path]:
    """The tables by name, and the file that holds them."""
    config = read_config()
    if config is None:
        return {}, Path("pyproject.toml")
    from perfkit.cli.config import comparison_tables

    return comparison_tables(*config), config[1]


def _read(tables: Mapping[str, Mapping[str, Any]], names: Sequence[str], file: Path) -> dict[str, Named]:
    if not names:
        return {}
    from perfkit.cli.named import read_named

    return {name: read_named(tables[name], name, file) for name in names}


def _run_named(context: typer.Context, named: str, tables: Mapping[str, Mapping[str, Any]], file: Path) -> int:
    """Run one comparison, or all of them one after the other. Returns the exit code, of all the worst."""
    from perfkit.cli.config import ALL

    if named != ALL:
        if named not in tables:
            raise UnknownName("comparison", named, tables, more="" if tables else _HOW)
        return _run(context, named, _read(tables, [named], file)[named], file)
    files = [f"--{name}" for name in ("json", "save", "markdown") if context.params[name] is not None]
    if files:
        raise UsageError(f"{files[0]} holds one comparison, and --named all runs several", hint="name one of them")
    if not tables:
        raise UsageError("no comparison is named", hint=_HOW)
    codes: list[int] = []
    for name, comparison in _read(tables, [*tables], file).items():  # all are read before the first runs
        if codes:
            emit_line("")
        codes.append(_run_to_end(context, name, comparison, file))
        if codes[-1] in STOPPED:
            break
    return worst(codes)


def _run_to_end(context: typer.Context, name: str, comparison: Named, file: Path) -> int:
    """As `_run`; what goes wrong is said, and the next can have its turn."""
    try:
        return _run(context, name, comparison, file)
    except Interrupted:
        raise
    except PerfkitError as error:
        complain(error)
        return error.code


def _run(context: typer.Context, name: str, comparison: Named, file: Path) -> int:
    """Say what is run, and run it as if it had been typed. Returns its exit code."""
    from perfkit.cli.named import spelled

    words = spelled(sys.argv[2:], options_of(context.command.params), comparison)
    command = shlex.join(["perfkit", "compare", *words])
    folder = str(file.parent)
    there = "" if folder == os.getcwd() else f"cd {shlex.quote(folder)} && "
    taken = "-" in (str(context.params["json"]), str(context.params["markdown"]))
    (say if taken else emit_line)(one_line(f"{name}: {there}{command}"))
    line = Line(f"{there}{command}", folder, spelled=True)
    try:
        with context.command.make_context("compare", words, parent=context.parent, obj=line) as typed:
            context.command.invoke(typed)
    except typer.Exit as ended:
        return ended.exit_code
    return 0
