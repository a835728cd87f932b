"""`perfkit profile TARGET`: where does the time go?"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from perfkit.cli.catalogs import catalog_folders, warn_of_broken
from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json, progress

__all__ = ["profile"]


def profile(
    target: Annotated[str, typer.Argument(help="The target, as `perfkit list` names it.")],
    workload: Annotated[str | None, typer.Option(help="[default: the target's first]", show_default=False)] = None,
    size: Annotated[str | None, typer.Option(help="[default: the workload's first]", show_default=False)] = None,
    recipe: Annotated[list[str] | None, typer.Option("--recipe", "-r", help="Profile with this recipe switched on.")] = None,
    threads: Annotated[int, typer.Option(min=1, max=1024, help="BLAS and OpenMP threads.")] = 1,
    top: Annotated[int, typer.Option(min=1, max=1000, help="How many functions to show.")] = 15,
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Run one workload under cProfile; show the hot spots and the recipes that aim at them."""
    from perfkit import app
    from perfkit.report.document import to_json
    from perfkit.settings import Settings

    folders = catalog_folders(catalog)
    settings = Settings(threads=threads, catalogs=tuple(Path(os.path.realpath(p)) for p in folders))
    found = app.catalog(folders)
    warn_of_broken(found)
    with progress(0) as watcher:
        profiled = app.profile(
            found, target, workload=workload, size=size, recipes=recipe or (), settings=settings, watcher=watcher
        )
    if json is not None:
        emit_json(to_json(app.profile_data(found, profiled)), json)
    if str(json) != "-":
        from perfkit.report.profile import profile_report

        emit(profile_report(profiled, top))
