"""`perfkit show FILE`: draw a saved run or profile again, or hold a run against an older one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from perfkit.cli.terminal import CatalogOption, JsonOption, VerboseOption, emit, emit_json, emit_text, named_path
from perfkit.errors import UsageError

__all__ = ["show"]

_TOP = 15  # functions of a profile


def show(
    file: Annotated[Path | None, typer.Argument(parser=named_path, help="What `compare --save`, or --json of compare or profile, wrote; - for standard input.", show_default=False)] = None,
    against: Annotated[Path | None, typer.Option("--against", metavar="OLD", parser=named_path, help="Compare it with this older run of the same target.")] = None,
    verbose: VerboseOption = False,
    json: JsonOption = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", parser=named_path, help="Write the table as Markdown; - for standard output.")] = None,
    catalog: CatalogOption = None,
) -> None:  # fmt: skip
    """Print a saved run or profile as a table, or what has changed since an older run."""
    from perfkit.report.saved import is_profile, read_json

    if file is None:
        hint = "perfkit show RUN.json, which perfkit compare … --save RUN.json writes"
        raise UsageError("no run is named", hint=hint)
    if against is not None and markdown is not None:
        raise UsageError("--markdown is the table of one run", hint="drop --against")
    if str(json) == str(markdown) == "-":
        raise UsageError("--json - and --markdown - both want standard output", hint="give one of them a file")
    if str(file) == str(against) == "-":
        raise UsageError("only one of the two runs can come from standard input", hint="save the other to a file")
    data = read_json(file)
    if is_profile(data):
        _show_profile(data, file, {"--against": against, "--markdown": markdown}, json)
    elif against is not None:
        _show_against(data, file, against, json, catalog)
    else:
        _show_run(data, file, json, markdown, catalog, verbose=verbose)


def _show_run(
    data: Any, file: Path, json: Path | None, markdown: Path | None, catalog: Sequence[Path] | None, *, verbose: bool
) -> None:
    from perfkit import api
    from perfkit.report.choice import report_of
    from perfkit.report.document import document_from_json, to_json
    from perfkit.report.markdown import compare_markdown

    document = document_from_json(data, str(file))
    if json is not None:
        emit_json(to_json(document), json)
    if markdown is not None:
        emit_text(compare_markdown(document), markdown)
    if "-" not in (str(json), str(markdown)):
        known = api.catalog(catalog or ())
        emit(report_of(document, api.summaries(known), api.thresholds(known), verbose=verbose))


def _show_against(data: Any, file: Path, old: Path, json: Path | None, catalog: Sequence[Path] | None) -> None:
    from perfkit import api
    from perfkit.report.against import AgainstReport
    from perfkit.report.data.against import against_data
    from perfkit.report.document import document_from_json, read_document, to_json

    found = api.against(document_from_json(data, str(file)), read_document(old))
    if json is not None:
        emit_json(to_json(against_data(found)), json)
    if str(json) != "-":
        emit(AgainstReport(found, api.summaries(api.catalog(catalog or ()))))


def _show_profile(data: Any, file: Path, of_runs: dict[str, Path | None], json: Path | None) -> None:
    """Draw a saved profile. Raises UsageError for options that are for saved runs."""
    from perfkit.report.document import to_json
    from perfkit.report.profiles.saved import profile_from_json, saved_profile_report

    given = next((option for option, value in of_runs.items() if value is not None), None)
    if given is not None:
        raise UsageError(f"{file} is a profile, and {given} is for runs of compare", hint=f"perfkit show {file}")
    profile = profile_from_json(data, str(file))
    if json is not None:
        emit_json(to_json(data), json)
    if str(json) != "-":
        emit(saved_profile_report(profile, _TOP))
