"""`perfkit new recipe`: the files a new recipe starts from."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from perfkit.cli.catalogs import catalog_folders
from perfkit.cli.terminal import CatalogOption, emit_line, named_path

__all__ = ["app", "new_recipe"]

app = typer.Typer(help="Start a new recipe: its file and its test.", rich_markup_mode=None)


@app.callback()
def new() -> None:
    """Start a new recipe: its file and its test."""


@app.command("recipe")
def new_recipe(
    target: Annotated[str, typer.Argument(help="The target it belongs to.")],
    name: Annotated[str, typer.Argument(help="Its id, such as my-idea.")],
    seam: Annotated[str, typer.Option(help="The seam it replaces; `perfkit list targets --long` names them.")],
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", parser=named_path, help="The catalogue to put it in.")
    ] = Path(),
    catalog: CatalogOption = None,
) -> None:
    """Write a recipe that works and changes nothing yet, and a test that proves it."""
    from perfkit import app as use_cases
    from perfkit.scaffold import new_recipe_files, write_new

    files = new_recipe_files(use_cases.catalog(catalog_folders(catalog)), target, name, seam)
    for path in write_new(files, folder):
        emit_line(f"wrote {path}")
    where = [] if (folder / "perfkit" / "catalog.py").exists() else ["--catalog", str(folder)]
    emit_line(f"next  {shlex.join(['perfkit', 'compare', '--recipe', name, '--quick', *where])}")
