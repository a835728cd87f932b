"""`perfkit list`: what there is to profile and to compare."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

import typer

from perfkit.cli.catalogs import catalog_folders, warn_of_broken
from perfkit.cli.comparisons import named_comparisons
from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json
from perfkit.errors import UnknownName

__all__ = ["list_"]


def list_(
    what: Annotated[
        str | None, typer.Argument(help="targets, recipes or comparisons; all when left out.", show_default=False)
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="Workloads, seams, claims and equivalence too.")] = False,
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:
    """List targets, recipes and named comparisons, without running any of them."""
    from perfkit import api
    from perfkit.report.data.catalog import ComparisonData, list_data
    from perfkit.report.document import to_json

    kinds = ("targets", "recipes", "comparisons")
    if what not in (None, *kinds):
        raise UnknownName("list", str(what), kinds)
    found = api.catalog(catalog_folders(catalog))
    warn_of_broken(found)
    comparisons = tuple(
        ComparisonData(
            name=name,
            before=named.before,
            after=named.candidates,
            stands_for=shlex.join(["perfkit", "compare", *named.words()]),
        )
        for name, named in named_comparisons().items()
    )
    if json is not None:
        emit_json(to_json(list_data(found, comparisons)), json)
    if str(json) != "-":
        from perfkit.report.listing import list_report

        emit(list_report(found, what, long=long, words=sys.argv[1:], comparisons=comparisons))
