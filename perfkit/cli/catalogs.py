"""The catalogues that a command works with: those of `--catalog`, and those of the nearest pyproject.toml."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.cli.terminal import say
from perfkit.errors import CatalogError, UsageError
from perfkit.report.suggest import with_catalogs
from perfkit.report.visible import one_line

if TYPE_CHECKING:
    from perfkit.catalog import Catalog

__all__ = ["catalog_folders", "read_config", "warn_of_broken"]


def catalog_folders(named: Sequence[Path] | None, *, announced: bool = False) -> tuple[Path, ...]:
    """`named`, and the folders of `[tool.perfkit] catalog`, which are printed: nobody has typed them.

    `announced`: they have been printed already.
    """
    config = read_config()
    if config is None:
        return tuple(named or ())
    text, file = config
    from perfkit.catalog.folders import check_catalog
    from perfkit.cli.config import configured_catalogs

    configured = configured_catalogs(text, file)
    for folder in configured:
        try:
            check_catalog(folder)
        except CatalogError as error:
            where = f"{file}: [tool.perfkit] catalog"
            raise CatalogError(f"{where}: {error.message}", hint=f"fix that line, or {error.hint}") from error
    if configured and not announced:
        folders = ", ".join(str(folder) for folder in configured)
        say(one_line(f"perfkit: catalog {folders} (from {file})"))
    return (*(named or ()), *configured)


def warn_of_broken(found: Catalog) -> None:
    """A line on stderr for each file or package that had to be skipped, and one with its remedy."""
    for error in found.broken:
        say(one_line(f"perfkit: skipped: {error.message}"))
        say(f"  hint: {one_line(with_catalogs(error.hint, sys.argv[1:]))}")


def read_config() -> tuple[bytes, Path] | None:
    """The text of the nearest pyproject.toml at or above the current folder, and its place; None also where that
    folder is gone. Raises UsageError for a file that cannot be read.
    """
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return None
    file = next((f for folder in (here, *here.parents) if (f := folder / "pyproject.toml").is_file()), None)
    if file is None:
        return None
    try:
        return file.read_bytes(), file
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}", hint="make it readable") from error
