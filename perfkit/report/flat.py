"""A run as it is saved: what a result's cell says stands among its own fields, and a swept value in its size.

`SavedRun` is made of the dataclasses of `perfkit.result`, so that a field added there is written, read, checked and
described with no further line; one with a default may lack in older files.
"""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, get_type_hints

import msgspec

from perfkit.axis import THREADS, read_point
from perfkit.cell import Cell
from perfkit.result import Document, Result, Speedup
from perfkit.stats.deciding_interval import deciding

__all__ = ["SavedRun", "as_run", "flat", "measured"]

_CELL = ("target", "on", "workload", "size", "kind", "seam", "state", "layout")
_REASON: Any = str | None  # to msgspec a signal's name is any text

_INTERVAL: Any = Annotated[
    Speedup | None,
    msgspec.Meta(description="The one that is printed: it decides the verdict. null where no interval did."),
]

SavedField = tuple[str, Any] | tuple[str, Any, Any]


def flat(result: Result) -> dict[str, Any]:
    """The fields of a result, in the order in which runs have always been saved."""
    own = {f.name: getattr(result, f.name) for f in dataclasses.fields(result) if f.name != "cell"}
    own["interval"] = deciding(result)
    return {name: own[name] for name in ("id", "group", "role")} | measured(result) | own


def measured(result: Result) -> dict[str, Any]:
    """Those of them that say what was measured."""
    cell = {name: getattr(result.cell, name) for name in _CELL} | {"size": result.cell.full_size}
    return {"target": cell["target"], "recipes": result.recipes} | cell


def _saved_fields(kind: type, hints: dict[str, Any]) -> dict[str, SavedField]:
    """What msgspec makes a type from, by name."""
    return {f.name: _saved_field(f, hints[f.name]) for f in dataclasses.fields(kind)}


def _saved_field(field: dataclasses.Field[Any], hint: Any) -> SavedField:
    if field.default is not dataclasses.MISSING:
        return field.name, hint, field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.name, hint, msgspec.field(default_factory=field.default_factory)
    return field.name, hint


def _saved_result() -> type[msgspec.Struct]:
    own = _saved_fields(Result, get_type_hints(Result, include_extras=True) | {"reason": _REASON})
    cell = get_type_hints(Cell, include_extras=True)
    of_cell: dict[str, SavedField] = {name: (name, cell[name]) for name in _CELL}
    order = ("id", "group", "role", "target", "recipes", *_CELL[1:])
    fields = {name: (own | of_cell)[name] for name in order} | {n: f for n, f in own.items() if n != "cell"}
    fields["interval"] = ("interval", _INTERVAL, None)  # always made anew from the others
    return msgspec.defstruct("Result", fields.values(), module=__name__, frozen=True, kw_only=True)


def _saved_run(result: type[msgspec.Struct]) -> type[msgspec.Struct]:
    rows: Any = tuple[result, ...]  # type: ignore[valid-type]
    fields = _saved_fields(Document, get_type_hints(Document, include_extras=True) | {"results": rows})
    return msgspec.defstruct("Document", fields.values(), module=__name__, frozen=True, kw_only=True)


SavedRun = _saved_run(_saved_result())


def as_run(saved: Any) -> Document:
    """The run that a `SavedRun` holds."""
    return Document(**{**msgspec.structs.asdict(saved), "results": tuple(map(_as_result, saved.results))})


def _as_result(saved: Any) -> Result:
    values = msgspec.structs.asdict(saved)
    del values["interval"]
    values["size"], settings = read_point(values["size"])
    cell = Cell(
        **{name: values.pop(name) for name in _CELL},
        axes=tuple((axis, value) for axis, value in settings if axis != THREADS),
        threads=next((value for axis, value in settings if axis == THREADS and isinstance(value, int)), None),
    )
    return Result(**values, cell=cell)
