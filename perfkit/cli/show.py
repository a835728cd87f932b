"""`perfkit show FILE`: draw a saved run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json

__all__ = ["show"]


def show(
    file: Annotated[Path, typer.Argument(help="What `compare --save` or `--json` wrote; - for standard input.")],
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:
    """Draw a saved run as the table it was."""
    from perfkit import app
    from perfkit.report.document import read_document, to_json

    document = read_document(file)
    if json is not None:
        emit_json(to_json(document), json)
    if str(json) != "-":
        from perfkit.report.compare import CompareReport

        emit(CompareReport(document, app.summaries(app.catalog(catalog or ()))))
