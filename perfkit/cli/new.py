"""`perfkit new recipe` and `perfkit new target`: the files that each starts from."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import perfkit
from perfkit.cli import completion
from perfkit.cli.catalogs import catalog_folders
from perfkit.cli.terminal import CatalogOption, emit_line, named_path
from perfkit.cli.typed import Commands
from perfkit.errors import UsageError

if TYPE_CHECKING:
    from perfkit.catalog import Catalog

__all__ = ["app", "new_recipe", "new_target", "show_next"]

app = typer.Typer(cls=Commands, help="Start a new recipe or target: its files and a test.", rich_markup_mode=None)


@app.callback()
def new() -> None:
    """Start a new recipe or target: its files and a test."""


@app.command("recipe")
def new_recipe(
    target: Annotated[str | None, typer.Argument(autocompletion=completion.targets, help="The target it belongs to.", show_default=False)] = None,
    name: Annotated[str | None, typer.Argument(help="Its id, such as my-idea.", show_default=False)] = None,
    seam: Annotated[str | None, typer.Option(autocompletion=completion.seams, help="The seam it replaces; `perfkit list TARGET` names them.", show_default=False)] = None,
    folder: Annotated[Path | None, typer.Option("--dir", metavar="DIR", parser=named_path, help="The catalogue to put it in. [default: the target's, where that was named; else here]", show_default=False)] = None,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Write a recipe that works and changes nothing yet, and a test that proves it."""
    from perfkit import api as use_cases
    from perfkit.catalog.scaffold import home_of, new_recipe_files, write_new

    found = use_cases.catalog(catalog_folders(catalog))
    if target is None or name is None or seam is None:
        raise _lacking(found, target, name, seam)
    files = new_recipe_files(found, target, name, seam)
    home = home_of(found.target(target), folder)
    for path in write_new(files, home):
        emit_line(f"wrote {path}")
    shared = any(r.recipe.id == name for r in found.recipes)  # of another target
    show_next(f"{target}/{name}" if shared else name, home)


def _lacking(found: Catalog, target: str | None, name: str | None, seam: str | None) -> UsageError:
    """What a new recipe lacks, with a line that has it all and the names to choose from. Raises UnknownName."""
    if target is None:
        entry = next((t for t in found.targets if not t.unavailable), found.targets[0])
        known = f"; the targets are {', '.join(t.id for t in found.targets)}"
    else:
        entry = found.target(target)
        known = f"; the seams of {target} are {', '.join(entry.seams)}" if seam is None else ""
    given = (("target", target), ("name", name), ("seam", seam))
    lacks = [f"a {kind}" for kind, word in given if word is None]
    line = f"perfkit new recipe {entry.id} {name or 'my-idea'} --seam {seam or [*entry.seams][-1]}"
    words = f"{', '.join(lacks[:-1])} and {lacks[-1]}" if len(lacks) > 1 else lacks[0]
    return UsageError(f"a new recipe needs {words}", hint=f"{line}{known}")


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
