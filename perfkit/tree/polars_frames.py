"""polars: frames and series. Imported when the first of them is met."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from perfkit.equivalence import Equivalence
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import Kind, Wrong
from perfkit.tree.registry import add

__all__: list[str] = []

polars: Any = importlib.import_module("polars")  # noqa: TID251 - the program has it already
_SPOILT_COLUMNS = 3


class _Columns(Kind):
    """What polars shares between copies it never changes, so a copy is a clone."""

    whole = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def shell(self, value: Any) -> Any:
        return value.clone()


class _Series(_Columns):
    """A series: name, dtype, which values are missing, and the others."""

    def items(self, value: Any) -> list[Any]:
        return [value.name, value.is_null().to_list(), _present(value)]

    def place(self, value: Any, number: int) -> str:
        return (".name", ".is_null()", "")[number]

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if expected.dtype != got.dtype and not (rule.dtype_change and _numeric(expected) and _numeric(got)):
            return differs(str(expected.dtype), str(got.dtype), "an undeclared dtype", "{}.dtype")
        same = len(expected) == len(got)
        return None if same else differs(len(expected), len(got), "a different length", "len({})")

    def overwrite(self, value: Any) -> bool:
        value.append(polars.Series(value.name, [None], dtype=value.dtype))
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if len(value):
            yield "last row missing", value[:-1]
            yield "the rows reversed", value.reverse()
            yield (
                "the last one missing",
                polars.concat([value[:-1], polars.Series(value.name, [None], dtype=value.dtype)]),
            )
        yield "a different name", value.alias(f"{value.name} too")


class _Frame(_Columns):
    """A frame: its columns in their order."""

    def items(self, value: Any) -> list[Any]:
        return list(value.get_columns())

    def place(self, value: Any, number: int) -> str:
        return f"[{value.columns[number]!r}]"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if expected.columns != got.columns:
            return differs(expected.columns, got.columns, "other columns", "{}.columns")
        same = expected.shape == got.shape
        return None if same else differs(expected.shape, got.shape, "a different shape", "{}.shape")

    def assign(self, value: Any, source: Any, part: Callable[[Any, Any], bool]) -> bool:
        if value.schema != source.schema or value.height != source.height:
            return False
        for number, column in enumerate(source.get_columns()):
            value.replace_column(number, column)
        return True

    def overwrite(self, value: Any) -> bool:
        for name in value.columns[1:]:
            value.drop_in_place(name)
        value.insert_column(0, polars.Series("overwritten", [True], dtype=polars.Boolean).new_from_index(0, len(value)))
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if len(value):
            yield "last row missing", value[:-1]
        for name in value.columns[:_SPOILT_COLUMNS]:
            yield f"column {name} reversed", value.with_columns(value[name].reverse())
        if len(value.columns) > 1:
            yield "columns in another order", value.select(value.columns[::-1])
        yield from super().wrong(value, earlier, rule, rng)


def _numeric(series: Any) -> bool:
    return bool(series.dtype.is_numeric())


def _present(series: Any) -> Any:
    """The values that are not missing: an array of numbers, or Python's objects."""
    present = series.drop_nulls()
    return present.to_numpy() if _numeric(series) and not series.dtype.is_decimal() else present.to_list()


add(_Series, polars.Series)
add(_Frame, polars.DataFrame)
