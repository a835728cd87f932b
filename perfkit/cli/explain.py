"""`perfkit explain NAME`: what a recipe does, why, when it loses, and who says so. Of anything else: what it is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perfkit.cli import completion
from perfkit.cli.catalogs import catalog_folders
from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json
from perfkit.errors import UsageError

if TYPE_CHECKING:
    from perfkit.catalog.parts import Part

__all__ = ["explain"]

_WAYS = "perfkit explain NAME: a recipe, a target, or target/seam and target/workload; perfkit list names them"


def explain(
    name: Annotated[
        str | None,
        typer.Argument(
            autocompletion=completion.explained,
            help="A recipe, target/recipe, target/seam, target/workload, or a target.",
            show_default=False,
        ),
    ] = None,
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:
    """Explain a recipe: its documentation, claim, seams and proof; or a target, a seam or a workload."""
    from perfkit import api

    if name is None:
        raise UsageError("nothing to explain", hint=_WAYS)
    folders = catalog_folders(catalog)
    target = None if json is not None else api.explain_target(name, folders)
    parts = () if target is not None else api.explain_parts(name, folders)
    if target is not None:
        from perfkit.report.listing import explain_target_report

        emit(explain_target_report(*target, sys.argv[1:]))
    elif parts:
        _explain_parts(name, parts, json)
    else:
        _explain_recipe(name, folders, json)


def _explain_recipe(name: str, folders: Sequence[Path], json: Path | None) -> None:
    from perfkit import api
    from perfkit.report.data.catalog import explain_data
    from perfkit.report.document import to_json
    from perfkit.report.listing import explain_report

    entry = api.explain(name, folders)
    if json is not None:
        emit_json(to_json(explain_data(entry)), json)
    if str(json) != "-":
        emit(explain_report(entry, sys.argv[1:]))


def _explain_parts(name: str, parts: Sequence[Part], json: Path | None) -> None:
    """Each part of one target that has the name. Raises UsageError where it is that of several targets, and for JSON."""
    from perfkit.catalog.seam_source import read_seam
    from perfkit.report.parts import explain_part_report
    from perfkit.target import Seam

    names = list(dict.fromkeys(part.full_id for part in parts))
    if len(names) > 1:
        lines = " or ".join(f"perfkit explain {full_id}" for full_id in names)
        raise UsageError(f"{name!r} is a part of {len(names)} targets", hint=lines)
    if json is not None:
        hint = f"perfkit list {parts[0].target.id} --json - has its name"
        raise UsageError(f"{names[0]} is not a recipe, and --json explains recipes", hint=hint)
    for part in parts:
        source = read_seam(part.target, part.id) if isinstance(part.part, Seam) else None
        emit(explain_part_report(part, source, sys.argv[1:]))
