"""A Result as saved runs have it: what its cell says stands among its own fields, and a swept value in its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from perfkit.axis import THREADS, read_point
from perfkit.result import Result

__all__ = ["flat", "measured", "nested"]

_CELL = ("target", "on", "workload", "size", "kind", "seam", "state", "layout")


def flat(result: Result) -> dict[str, Any]:
    """The fields of a result, in the order in which runs have always been saved."""
    own = {f.name: getattr(result, f.name) for f in fields(result) if f.name != "cell"}
    return {name: own[name] for name in ("id", "group", "role")} | measured(result) | own


def measured(result: Result) -> dict[str, Any]:
    """Those of them that say what was measured."""
    cell = {name: getattr(result.cell, name) for name in _CELL} | {"size": result.cell.point}
    return {"target": cell["target"], "recipes": result.recipes} | cell


def nested(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields, as JSON gives them, with those of the cell in one of their own."""
    cell: dict[str, Any] = {name: data[name] for name in _CELL if name in data}
    cell |= {"axes": [], "threads": None}
    if isinstance(data.get("size"), str):
        cell["size"], axis, value = read_point(data["size"])
        if axis == THREADS:
            cell["threads"] = value
        elif axis:
            cell["axes"] = [[axis, value]]
    return {**{name: value for name, value in data.items() if name not in _CELL}, "cell": cell}
