"""`perfkit new recipe` and `perfkit new target`: the files that each starts from."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer

import perfkit
from perfkit.cli.catalogs import catalog_folders
from perfkit.cli.terminal import CatalogOption, emit_line, named_path

__all__ = ["app", "new_recipe", "new_target", "show_next"]

app = typer.Typer(help="Start a new recipe or target: its files and a test.", rich_markup_mode=None)


@app.callback()
def new() -> None:
    """Start a new recipe or target: its files and a test."""


@app.command("recipe")
def new_recipe(
    target: Annotated[str, typer.Argument(help="The target it belongs to.")],
    name: Annotated[str, typer.Argument(help="Its id, such as my-idea.")],
    seam: Annotated[str, typer.Option(help="The seam it replaces; `perfkit list targets --long` names them.")],
    folder: Annotated[Path | None, typer.Option("--dir", metavar="DIR", parser=named_path, help="The catalogue to put it in. [default: the target's, where that was named; else here]", show_default=False)] = None,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Write a recipe that works and changes nothing yet, and a test that proves it."""
    from perfkit import api as use_cases
    from perfkit.catalog.scaffold import home_of, new_recipe_files, write_new

    found = use_cases.catalog(catalog_folders(catalog))
    files = new_recipe_files(found, target, name, seam)
    home = home_of(found.target(target), folder)
    for path in write_new(files, home):
        emit_line(f"wrote {path}")
    shared = any(r.recipe.id == name for r in found.recipes)  # of another target
    show_next(f"{target}/{name}" if shared else name, home)


@app.command("target")
def new_target(
    name: Annotated[str, typer.Argument(help="Its id, such as my-target.")],
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", parser=named_path, help="The catalogue to put it in.")] = Path(),
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Write a target that works, with one seam and one workload, a recipe for it, and a test that proves that."""
    from perfkit import api as use_cases
    from perfkit.catalog.scaffold import write_new
    from perfkit.catalog.scaffold_target import new_target_files

    files, recipe = new_target_files(use_cases.catalog(catalog_folders(catalog)), name)
    for path in write_new(files, folder):
        emit_line(f"wrote {path}")
    show_next(recipe, folder)


def show_next(recipe: str, folder: Path) -> None:
    """Print the command that measures a new recipe; in perfkit's own folders it is found without naming them."""
    own = os.path.realpath(folder / "recipes") == os.path.realpath(Path(perfkit.__file__).with_name("recipes"))
    where = [] if own else ["--catalog", str(folder)]
    emit_line(f"next  {shlex.join(['perfkit', 'compare', '--recipe', recipe, '--quick', *where])}")
