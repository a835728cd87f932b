"""`perfkit list`: what there is to profile and to compare."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from perfkit.cli import completion
from perfkit.cli.catalogs import catalog_folders, warn_of_broken
from perfkit.cli.comparisons import named_comparisons
from perfkit.cli.terminal import CatalogOption, JsonOption, emit, emit_json
from perfkit.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from perfkit.catalog import Catalog, TargetEntry

__all__ = ["list_"]

_KINDS = ("targets", "recipes", "comparisons")


def list_(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            autocompletion=completion.listed,
            help="targets, recipes or comparisons, or a target. [default: all]",
            show_default=False,
        ),
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="Also list workloads, seams, claims and equivalence.")] = False,
    json: JsonOption = None,
    catalog: CatalogOption = None,
) -> None:
    """List targets, recipes and named comparisons, without running any of them."""
    from perfkit import api
    from perfkit.report.data.catalog import ComparisonData, list_data
    from perfkit.report.document import to_json

    kind, name = _asked(what or ())
    found = api.catalog(catalog_folders(catalog))
    target = None if name is None else _target(found, name)
    if target is not None:
        found = replace(found, targets=(target,), recipes=found.of_target(target.id))
    warn_of_broken(found)
    comparisons = tuple(
        ComparisonData(
            name=name,
            before=named.before,
            after=named.candidates,
            stands_for=shlex.join(["perfkit", "compare", *named.words()]),
        )
        for name, named in (named_comparisons().items() if target is None else ())
    )
    if json is not None:
        emit_json(to_json(list_data(found, comparisons)), json)
    if str(json) != "-":
        from perfkit.report.listing import list_report, list_target_report

        if target is None:
            emit(list_report(found, kind, long=long, words=sys.argv[1:], comparisons=comparisons))
        else:
            emit(list_target_report(found, target, kind, long=long, words=sys.argv[1:]))


def _asked(words: Sequence[str]) -> tuple[str | None, str | None]:
    """The kind of things to list, and the target whose things they are. Raises UsageError."""
    kinds = [word for word in words if word in _KINDS]
    names = [word for word in words if word not in _KINDS]
    if len(kinds) > 1 or len(names) > 1:
        extra = (kinds if len(kinds) > 1 else names)[1]
        raise UsageError(
            f"list takes one kind and one target, and {extra} is one more", hint="perfkit list [KIND] [TARGET]"
        )
    kind, name = next(iter(kinds), None), next(iter(names), None)
    if kind == "comparisons" and name is not None:
        raise UsageError(f"comparisons belong to no target, and {name} is given", hint="perfkit list comparisons")
    return kind, name


def _target(found: Catalog, name: str) -> TargetEntry:
    """The target of that name. Raises UnknownName, or UsageError with the command for a recipe."""
    if all(target.id != name for target in found.targets):
        if any(name in (entry.recipe.id, entry.recipe.full_id) for entry in found.recipes):
            raise UsageError(f"{name} is a recipe, not a list", hint=f"perfkit explain {name}")
        if not _broken_target(found, name):
            raise UnknownName("list or target", name, [*_KINDS, *(target.id for target in found.targets)])
    return found.target(name)


def _broken_target(found: Catalog, name: str) -> bool:
    """Whether a target of that name is there and cannot be read."""
    return any(error.about == ("target", name) for error in found.broken)
