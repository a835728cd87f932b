"""`perfkit show FILE`: draw a saved run again, or hold it against an older one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json, named_path
from perfkit.errors import UsageError

__all__ = ["show"]


def show(
    file: Annotated[Path, typer.Argument(parser=named_path, help="What `compare --save` or `--json` wrote; - for standard input.")],
    against: Annotated[Path | None, typer.Option("--against", metavar="OLD", parser=named_path, help="Hold it against this older run of the same target.")] = None,
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Draw a saved run as the table it was, or what has changed since an older one."""
    from perfkit import api
    from perfkit.report.document import read_document, to_json

    if str(file) == str(against) == "-":
        raise UsageError("only one of the two runs can come from standard input", hint="save the other to a file")
    document = read_document(file)
    found = None if against is None else api.against(document, read_document(against))
    if json is not None and found is not None:
        from perfkit.report.data.against import against_data

        emit_json(to_json(against_data(found)), json)
    elif json is not None:
        emit_json(to_json(document), json)
    if str(json) != "-":
        from perfkit.report.against import AgainstReport
        from perfkit.report.sweep import report_of

        known = api.catalog(catalog or ())
        summaries = api.summaries(known)
        if found is None:
            emit(report_of(document, summaries, api.thresholds(known)))
        else:
            emit(AgainstReport(found, summaries))
