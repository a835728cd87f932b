"""`perfkit explain RECIPE`: what a recipe does, why, when it loses, and who says so. Of a target: what it is."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from perfkit.cli.catalogs import catalog_folders
from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json

__all__ = ["explain"]


def explain(
    recipe: Annotated[str, typer.Argument(help="A recipe, target/recipe, or a target.")],
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:
    """Explain one recipe: its documentation, claim, seams and proof. Of a target its documentation and workloads."""
    from perfkit import api
    from perfkit.report.data.catalog import explain_data
    from perfkit.report.document import to_json

    folders = catalog_folders(catalog)
    target = None if json is not None else api.explain_target(recipe, folders)
    if target is not None:
        from perfkit.report.listing import explain_target_report

        emit(explain_target_report(*target, sys.argv[1:]))
        return
    entry = api.explain(recipe, folders)
    if json is not None:
        emit_json(to_json(explain_data(entry)), json)
    if str(json) != "-":
        from perfkit.report.listing import explain_report

        emit(explain_report(entry, sys.argv[1:]))
