"""pandas: frames, series, indexes, and what they hold. Imported when the first of them is met."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence
from perfkit.tree.atoms import Same
from perfkit.tree.cells import Cells
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import OVERWRITTEN, Kind, Wrong
from perfkit.tree.numeric import off_by_one
from perfkit.tree.registry import add, register
from perfkit.tree.walk import copy

__all__: list[str] = []

pandas: Any = importlib.import_module("pandas")  # noqa: TID251 - the program has it already
_SPOILT_COLUMNS = 3


class _Values(Kind):
    """What every pandas container shares: it is copied by its own method."""

    whole = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def leaves(self, value: Any) -> Iterable[Any]:
        return ()

    def shell(self, value: Any) -> Any:
        return value.copy()

    def overwrite(self, value: Any) -> bool:
        return True


class _Extension(_Values):
    """A column that is no numpy array: categories, moments, numbers that may be missing."""

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if len(expected) != len(got):
            return differs(len(expected), len(got), "a different length", "len({})")
        same = expected.dtype == got.dtype
        return None if same else differs(str(expected.dtype), str(got.dtype), "an undeclared dtype", "{}.dtype")

    def items(self, value: Any) -> list[Any]:
        if isinstance(value, pandas.Categorical):
            return [np.asarray(value.codes), value.categories]
        if hasattr(value, "asi8"):
            return [value.asi8]
        missing = np.asarray(value.isna())
        numbers = getattr(value.dtype, "numpy_dtype", None)
        if numbers is not None and numbers.kind in "biuf":
            return [missing, value.to_numpy(dtype=numbers, na_value=0)]
        objects = np.array(value.astype(object), dtype=object)
        objects[missing] = None
        return [missing, objects]

    def place(self, value: Any, number: int) -> str:
        if isinstance(value, pandas.Categorical):
            return (".codes", ".categories")[number]
        return (".isna()", "")[number] if not hasattr(value, "asi8") else ".asi8"


class _Index(_Values):
    """An index with its names. A range equals the same numbers in memory, as pandas has it."""

    def alike(self, other: type, rule: Equivalence) -> bool:
        return other is self.cls or {other, self.cls} == {pandas.Index, pandas.RangeIndex}

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        for name in ("dtype", "freqstr"):
            ours, theirs = (getattr(index, name, None) for index in (expected, got))
            if ours != theirs:
                return differs(str(ours), str(theirs), f"a different {name}", f"{{}}.{name}")
        if expected.nlevels != got.nlevels:
            return differs(expected.nlevels, got.nlevels, "a different number of levels", "{}.nlevels")
        return None

    def items(self, value: Any) -> list[Any]:
        levels = [value.get_level_values(n) for n in range(value.nlevels)] if value.nlevels > 1 else [_values(value)]
        return [list(value.names), *levels]

    def place(self, value: Any, number: int) -> str:
        return ".names" if number == 0 else f".get_level_values({number - 1})" if value.nlevels > 1 else ""

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if len(value):
            yield "last one missing", value[:-1]
            yield "reversed", value[::-1]
        yield from super().wrong(value, earlier, rule, rng)


class _Series(_Values):
    """A series: name, index, values and attributes."""

    def items(self, value: Any) -> list[Any]:
        return [value.name, value.index, _values(value), value.attrs, value.flags.allows_duplicate_labels]

    def place(self, value: Any, number: int) -> str:
        return (".name", ".index", "", ".attrs", ".flags")[number]

    def shell(self, value: Any) -> Any:
        copied = value.copy(deep=True)
        if copied.dtype == object:  # of which pandas copies the references
            copied = pandas.Series(copy(value.to_numpy()), index=copied.index, name=copied.name, dtype=object)
            copied.attrs = copy(value.attrs)
        return copied

    def overwrite(self, value: Any) -> bool:
        done = _overwrite(value.iloc, slice(None), value)
        value.attrs["overwritten"] = OVERWRITTEN
        return done

    def cells(self, value: Any) -> Iterable[Cells]:
        return (Cells(len(value), value.iat.__getitem__, value.iat.__setitem__),) if _plain(value) else ()

    def assign(self, value: Any, source: Any, part: Callable[[Any, Any], bool]) -> bool:
        if value.shape != source.shape or value.dtype != source.dtype:
            return False
        value.name, value.index = source.name, source.index
        value.iloc[:] = _values(source)
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if len(value):
            yield "last row missing", value.iloc[:-1]
            yield "a value off", pandas.Series(_off(value, rule, rng), value.index, value.dtype, value.name)
        yield "a different name", value.rename(f"{value.name} too")


class _Frame(_Values):
    """A frame: columns in their order, index, dtypes, values and attributes."""

    def items(self, value: Any) -> list[Any]:
        about = [value.columns, value.index, value.attrs, value.flags.allows_duplicate_labels]
        return [*about, *(_values(value.iloc[:, number]) for number in range(value.shape[1]))]

    def place(self, value: Any, number: int) -> str:
        about = (".columns", ".index", ".attrs", ".flags")
        return about[number] if number < len(about) else f"[{value.columns[number - len(about)]!r}]"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if expected.shape != got.shape:
            return differs(expected.shape, got.shape, "a different shape", "{}.shape")
        if list(expected.columns) != list(got.columns) and set(expected.columns) == set(got.columns):
            return differs(list(expected.columns), list(got.columns), "a different order of columns", "{}.columns")
        dtypes, others = ([str(dtype) for dtype in frame.dtypes] for frame in (expected, got))
        if len(dtypes) == 0 or rule.dtype_change or dtypes == others:
            return None
        return differs(dtypes, others, "an undeclared dtype", "{}.dtypes")

    def shell(self, value: Any) -> Any:
        copied = value.copy(deep=True)
        for number, dtype in enumerate(value.dtypes):
            if isinstance(dtype, np.dtype) and dtype.kind == "O":  # of which pandas copies the references
                objects = copy(value.iloc[:, number].to_numpy())
                copied.isetitem(number, pandas.Series(objects, index=copied.index, dtype=object))
        return copied

    def overwrite(self, value: Any) -> bool:
        done = [
            _overwrite(value.iloc, (slice(None), number), value.iloc[:, number]) for number in range(value.shape[1])
        ]
        value.attrs["overwritten"] = OVERWRITTEN
        return all(done)

    def cells(self, value: Any) -> Iterator[Cells]:
        for number in range(value.shape[1]):
            if _plain(value.iloc[:, number]):
                yield Cells(len(value), partial(_get, value.iat, number), partial(_put, value.iat, number))

    def assign(self, value: Any, source: Any, part: Callable[[Any, Any], bool]) -> bool:
        if value.shape != source.shape or list(value.dtypes) != list(source.dtypes):
            return False
        value.columns, value.index = source.columns, source.index
        for number in range(value.shape[1]):
            value.iloc[:, number] = _values(source.iloc[:, number])
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if len(value):
            yield "last row missing", value.iloc[:-1]
            yield "a different index", value.set_axis(range(1, len(value) + 1), axis=0)
        for number in range(min(_SPOILT_COLUMNS, value.shape[1]) if len(value) else 0):
            spoilt = self.shell(value)
            spoilt.isetitem(number, _off(value.iloc[:, number], rule, rng))
            yield f"column {number + 1} off", spoilt
        if value.shape[1] > 1:
            yield "columns in another order", value.iloc[:, ::-1]
        yield from super().wrong(value, earlier, rule, rng)


def _values(column: Any) -> Any:
    """The values of a series or an index: a numpy array where it has one."""
    array = column.array
    return column.to_numpy() if isinstance(array, pandas.arrays.NumpyExtensionArray) else array


def _plain(column: Any) -> bool:
    """Whether a column is an array of numbers."""
    values = _values(column)
    return isinstance(values, np.ndarray) and values.dtype.kind in "iufcb"


def _get(place: Any, column: int, row: int) -> Any:
    return place[row, column]


def _put(place: Any, column: int, row: int, element: Any) -> None:
    place[row, column] = element


def _overwrite(place: Any, at: Any, column: Any) -> bool:
    """Put other values into a column, in the memory that it has; whether it lets them."""
    values = _values(column)
    if not len(column) or isinstance(values, pandas.arrays.SparseArray):  # which cannot be changed
        return True
    try:
        _put_others(place, at, values)
    except ValueError:  # it stands on memory that is only read
        return False
    return True


def _put_others(place: Any, at: Any, values: Any) -> None:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iufc":
        place[at] = values.dtype.type(OVERWRITTEN)
    elif isinstance(values, np.ndarray) and values.dtype.kind == "b":
        place[at] = ~values
    else:
        place[at] = values[::-1].copy()


def _off(column: Any, rule: Equivalence, rng: Any) -> Any:
    values = _values(column)
    if isinstance(values, np.ndarray) and values.dtype.kind in "iufcb":
        return off_by_one(values, rule, rng)
    return values[::-1].copy()


def _timestamp(state: tuple[Any, Any]) -> Any:
    instant, zone = state
    return pandas.Timestamp(instant) if zone is None else pandas.Timestamp(instant, tz="UTC").tz_convert(zone)


add(_Frame, pandas.DataFrame)
add(_Series, pandas.Series)
add(_Index, pandas.Index, derived="all")
add(_Extension, pandas.api.extensions.ExtensionArray, derived="all")
add(Same, type(pandas.NaT), type(pandas.NA))
register(pandas.Timestamp, lambda moment: (moment.asm8, moment.tzinfo), _timestamp)
register(pandas.Timedelta, lambda delta: delta.asm8, pandas.Timedelta)
register(pandas.Period, lambda p: (p.ordinal, p.freqstr), lambda s: pandas.Period(ordinal=s[0], freq=s[1]))
register(pandas.Interval, lambda i: (i.left, i.right, i.closed), lambda state: pandas.Interval(*state))
