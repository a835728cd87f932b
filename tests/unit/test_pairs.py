"""Two hundred pairs of values: of each row two made alike must be equal, and the other one must not."""

from __future__ import annotations

import array
import ast
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import functools
import io
import ipaddress
import math
import operator
import os
import pathlib
import random
import re
import time
import types
import typing
import urllib.parse
import uuid
import xml.etree.ElementTree as ET
import zoneinfo
from collections.abc import Callable
from typing import Any

import attr
import numpy as np
import pydantic
import pytest

from perfkit.equivalence import exact
from perfkit.tree import UnknownType, copy, first_difference


@attr.define
class Defined:
    x: int
    y: list[int] = attr.field(factory=list)


@attr.frozen
class Frozen:
    x: int


@attr.s
class OldAttrs:
    x = attr.ib()


class Model(pydantic.BaseModel):
    x: int
    y: list[int] = []
    _hidden: int = pydantic.PrivateAttr(default=1)


class Open(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")


class Immutable(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True)
    x: int


@pydantic.dataclasses.dataclass
class Validated:
    x: int


@dataclasses.dataclass
class Record:
    a: Any
    b: Any = None


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    a: Any


class Point(typing.NamedTuple):
    x: int
    y: int


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Plain:
    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


class Own(list[int]):
    pass


class Wrong(ValueError):
    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


def hidden(value: int) -> Model:
    model = Model(x=1)
    model._hidden = value
    return model


def holds_itself(*more: Any) -> list[Any]:
    value: list[Any] = [*more]
    value.append(value)
    return value


def moved(buffer: Any, to: int) -> Any:
    buffer.seek(to)
    return buffer


def utc(hour: int) -> dt.datetime:
    return dt.datetime(2026, 1, 2, hour, tzinfo=dt.UTC)


Make = Callable[[], Any]
ROWS: dict[str, tuple[Make, Make]] = {
    # numbers
    "int": (lambda: 3, lambda: 4),
    "large int": (lambda: 10**30, lambda: 10**30 + 1),
    "int and bool": (lambda: 1, lambda: True),
    "int and float": (lambda: 1, lambda: 1.0),
    "float": (lambda: 0.1 + 0.2, lambda: 0.3),
    "float, signed zero": (lambda: 0.0, lambda: -0.0),
    "float, nan": (lambda: math.nan, lambda: 1.0),
    "float, infinity": (lambda: math.inf, lambda: -math.inf),
    "float and numpy's": (lambda: 1.5, lambda: np.float64(1.5)),
    "complex": (lambda: 1 + 2j, lambda: 1 - 2j),
    "bool": (lambda: True, lambda: False),
    "None": (lambda: None, lambda: False),
    "decimal, digits": (lambda: decimal.Decimal("1.0"), lambda: decimal.Decimal("1.00")),
    "fraction": (lambda: fractions.Fraction(1, 3), lambda: fractions.Fraction(1, 4)),
    "numpy scalar, dtype": (lambda: np.float32(1), lambda: np.float64(1)),
    "numpy int": (lambda: np.int64(3), lambda: np.int64(4)),
    # text and bytes
    "str": (lambda: "abc", lambda: "abd"),
    "str, composed": (lambda: "\u00e9", lambda: "e\u0301"),
    "str, empty": (lambda: "", lambda: " "),
    "str and bytes": (lambda: "a", lambda: b"a"),
    "bytes": (lambda: b"\0a", lambda: b"\0b"),
    "bytearray": (lambda: bytearray(b"ab"), lambda: bytearray(b"ac")),
    "bytes and bytearray": (lambda: b"a", lambda: bytearray(b"a")),
    "memoryview": (lambda: memoryview(b"abc"), lambda: memoryview(b"abd")),
    "memoryview, writable": (lambda: memoryview(b"abc"), lambda: memoryview(bytearray(b"abc"))),
    "array.array": (lambda: array.array("i", [1, 2]), lambda: array.array("i", [1, 3])),
    "array.array, typecode": (lambda: array.array("i", [1]), lambda: array.array("h", [1])),
    # containers
    "list": (lambda: [1, [2]], lambda: [1, [3]]),
    "list, length": (lambda: [1], lambda: [1, 1]),
    "list, order": (lambda: [1, 2], lambda: [2, 1]),
    "list and tuple": (lambda: [1], lambda: (1,)),
    "list of one's own": (lambda: Own([1]), lambda: [1]),
    "list that holds itself": (lambda: holds_itself(1), lambda: holds_itself(2)),
    "tuple": (lambda: (1, "a"), lambda: (1, "b")),
    "tuple and named tuple": (lambda: Point(1, 2), lambda: (1, 2)),
    "named tuple": (lambda: Point(1, 2), lambda: Point(2, 1)),
    "dict": (lambda: {"a": 1}, lambda: {"a": 2}),
    "dict, key": (lambda: {"a": 1}, lambda: {"b": 1}),
    "dict, key type": (lambda: {1: 1}, lambda: {1.0: 1}),
    "dict, order": (lambda: {1: 1, 2: 2}, lambda: {2: 2, 1: 1}),
    "dict, one more": (lambda: {1: 1}, lambda: {1: 1, 2: 2}),
    "ordered dict": (lambda: collections.OrderedDict(a=1, b=2), lambda: collections.OrderedDict(b=2, a=1)),
    "default dict": (lambda: collections.defaultdict(list, {1: [2]}), lambda: collections.defaultdict(int, {1: [2]})),
    "counter": (lambda: collections.Counter("aab"), lambda: collections.Counter("ab")),
    "chain map": (lambda: collections.ChainMap({1: 2}, {3: 4}), lambda: collections.ChainMap({1: 2, 3: 4})),
    "user dict": (lambda: collections.UserDict(a=1), lambda: collections.UserDict(a=2)),
    "mapping proxy": (lambda: types.MappingProxyType({1: 2}), lambda: types.MappingProxyType({1: 3})),
    "dict keys": (lambda: {1: 0, 2: 0}.keys(), lambda: {1: 0}.keys()),
    "dict values": (lambda: {1: 5}.values(), lambda: {1: 6}.values()),
    "dict items": (lambda: {1: 5}.items(), lambda: {1: 6}.items()),
    "set": (lambda: {1, 2}, lambda: {1, 3}),
    "set, type of element": (lambda: {1}, lambda: {1.0}),
    "frozen set": (lambda: frozenset("ab"), lambda: frozenset("ac")),
    "set and frozen set": (lambda: {1}, lambda: frozenset({1})),
    "deque": (lambda: collections.deque([1, 2]), lambda: collections.deque([2, 1])),
    "deque, longest": (lambda: collections.deque([1], 3), lambda: collections.deque([1], 4)),
    "range": (lambda: range(3), lambda: range(4)),
    "range and list": (lambda: range(2), lambda: [0, 1]),
    "slice": (lambda: slice(1, 2), lambda: slice(1, 3)),
    # records and objects
    "dataclass": (lambda: Record(1, [2]), lambda: Record(1, [3])),
    "dataclass, field type": (lambda: Record(1), lambda: Record(1.0)),
    "dataclass, slots": (lambda: Slotted(1), lambda: Slotted(2)),
    "object": (lambda: Plain(a=1), lambda: Plain(a=2)),
    "object, one more field": (lambda: Plain(a=1), lambda: Plain(a=1, b=2)),
    "namespace": (lambda: types.SimpleNamespace(a=1), lambda: types.SimpleNamespace(a=2)),
    "attrs": (lambda: Defined(1, [2]), lambda: Defined(1, [3])),
    "attrs, frozen": (lambda: Frozen(1), lambda: Frozen(2)),
    "attrs, old": (lambda: OldAttrs([1]), lambda: OldAttrs([2])),
    "pydantic": (lambda: Model(x=1, y=[2]), lambda: Model(x=1, y=[3])),
    "pydantic, private": (lambda: hidden(1), lambda: hidden(2)),
    "pydantic, extra": (lambda: Open(a=1), lambda: Open(a=2)),
    "pydantic, frozen": (lambda: Immutable(x=1), lambda: Immutable(x=2)),
    "pydantic in a list": (lambda: [Model(x=1)], lambda: [Model(x=2)]),
    "pydantic, another model": (lambda: Immutable(x=1), lambda: Model(x=1)),
    "pydantic dataclass": (lambda: Validated(x=1), lambda: Validated(x=2)),
    "enum": (lambda: Colour.RED, lambda: Colour.BLUE),
    "flags": (lambda: re.I | re.M, lambda: re.I),
    "exception": (lambda: ValueError("a"), lambda: ValueError("b")),
    "exception, type": (lambda: ValueError("a"), lambda: TypeError("a")),
    "exception, field": (lambda: Wrong("a", 1), lambda: Wrong("a", 2)),
    # of the standard library
    "path": (lambda: pathlib.Path("a/b"), lambda: pathlib.Path("a/c")),
    "path and text": (lambda: pathlib.Path("a"), lambda: "a"),
    "pattern": (lambda: re.compile("a+"), lambda: re.compile("a+", re.I)),
    "match": (lambda: re.search("b", "abc"), lambda: re.search("b", "aabc")),
    "datetime": (lambda: utc(3), lambda: utc(4)),
    "datetime, zone": (lambda: utc(3), lambda: utc(3).replace(tzinfo=None)),
    "datetime, another zone": (lambda: utc(3), lambda: utc(3).astimezone(zoneinfo.ZoneInfo("Europe/Paris"))),
    "date": (lambda: dt.date(2026, 1, 2), lambda: dt.date(2026, 1, 3)),
    "date and datetime": (lambda: dt.date(2026, 1, 2), lambda: dt.datetime(2026, 1, 2)),
    "time": (lambda: dt.time(1), lambda: dt.time(2)),
    "timedelta": (lambda: dt.timedelta(1), lambda: dt.timedelta(1, 1)),
    "struct time": (lambda: time.gmtime(0), lambda: time.gmtime(1)),
    "uuid": (lambda: uuid.UUID(int=1), lambda: uuid.UUID(int=2)),
    "address": (lambda: ipaddress.ip_address("10.0.0.1"), lambda: ipaddress.ip_address("10.0.0.2")),
    "url": (lambda: urllib.parse.urlparse("http://a/b"), lambda: urllib.parse.urlparse("http://a/c")),
    "text in memory": (lambda: io.StringIO("ab"), lambda: io.StringIO("ac")),
    "bytes in memory, place": (lambda: io.BytesIO(b"ab"), lambda: moved(io.BytesIO(b"ab"), 1)),
    "element": (lambda: ET.fromstring("<a><b c='1'/></a>"), lambda: ET.fromstring("<a><b c='2'/></a>")),
    "syntax tree": (lambda: ast.parse("a + b"), lambda: ast.parse("a - b")),
    "partial": (lambda: functools.partial(int, "3"), lambda: functools.partial(int, "4")),
    "item getter": (lambda: operator.itemgetter(1), lambda: operator.itemgetter(2)),
    "function": (lambda: len, lambda: max),
    "type": (lambda: int, lambda: float),
    "generic type": (lambda: list[int], lambda: list[str]),
    "union": (lambda: int | str, lambda: int | None),
    "random": (lambda: random.Random(1), lambda: random.Random(2)),
    "status of a file": (lambda: os.stat_result(range(10)), lambda: os.stat_result(range(1, 11))),
    # arrays
    "array": (lambda: np.arange(3.0), lambda: np.array([0.0, 1.0, 2.5])),
    "array, dtype": (lambda: np.arange(3), lambda: np.arange(3.0)),
    "array, shape": (lambda: np.zeros((2, 3)), lambda: np.zeros((3, 2))),
    "array, nan": (lambda: np.array([np.nan, 1.0]), lambda: np.array([1.0, np.nan])),
    "array, signed zero": (lambda: np.array([0.0]), lambda: np.array([-0.0])),
    "array and list": (lambda: np.array([1, 2]), lambda: [1, 2]),
    "array of objects": (lambda: np.array([1, "a"], object), lambda: np.array([1, "b"], object)),
    "array of text": (lambda: np.array(["a"]), lambda: np.array(["b"])),
    "array, empty": (lambda: np.zeros(0), lambda: np.zeros((0, 1))),
    "masked array": (lambda: np.ma.array([1, 2], mask=[0, 1]), lambda: np.ma.array([1, 2], mask=[1, 0])),
    "records": (lambda: np.array([(1, 2.0)], "i4,f8"), lambda: np.array([(1, 3.0)], "i4,f8")),
    "dates": (lambda: np.array(["2026-01-01"], "M8[D]"), lambda: np.array(["2026-01-02"], "M8[D]")),
    "generator of numbers": (lambda: np.random.default_rng(1), lambda: np.random.default_rng(2)),
    "dtype": (lambda: np.dtype("f4"), lambda: np.dtype("f8")),
}


@pytest.mark.parametrize("name", ROWS)
def test_alike_is_equal_also_to_a_copy_and_the_other_is_not(name: str) -> None:
    make, other = ROWS[name]

    assert first_difference(make(), make(), exact()) is None
    assert first_difference(make(), copy(make()), exact()) is None
    assert first_difference(make(), other(), exact()) is not None
    assert first_difference(other(), make(), exact()) is not None


def test_there_are_two_hundred_pairs() -> None:
    assert 2 * len(ROWS) >= 200


def test_a_copy_of_a_model_is_its_own() -> None:
    model = Model(x=1, y=[2])
    copied = copy(model)
    model.y.append(3)

    assert (copied, copied.model_fields_set, copied._hidden) == (Model(x=1, y=[2]), {"x", "y"}, 1)
    assert copy(Open(a=[1])).a == [1]


@pytest.mark.parametrize("value", [compile("1", "", "eval"), iter([1])], ids=["code", "iterator"])
def test_what_is_not_known_is_refused_by_name(value: Any) -> None:
    with pytest.raises(UnknownType, match=type(value).__name__):
        first_difference(value, value, exact())
