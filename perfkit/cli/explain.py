"""`perfkit explain RECIPE`: what a recipe does, why, when it loses, and who says so."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from perfkit.cli.catalogs import catalog_folders
from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json

__all__ = ["explain"]


def explain(
    recipe: Annotated[str, typer.Argument(help="A recipe, or target/recipe.")],
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:
    """Explain one recipe: its documentation, claim, seams and proof."""
    from perfkit import api
    from perfkit.report.data.catalog import explain_data
    from perfkit.report.document import to_json

    entry = api.explain(recipe, catalog_folders(catalog))
    if json is not None:
        emit_json(to_json(explain_data(entry)), json)
    if str(json) != "-":
        from perfkit.report.listing import explain_report

        emit(explain_report(entry, sys.argv[1:]))
