"""The tree knows each type by what counts in it: equal values are the same, and one detail off is a difference."""

from __future__ import annotations

import array
import collections
import datetime as dt
import enum
import hashlib
import io
import random
import re
import types
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest

from perfkit.equivalence import close, exact
from perfkit.tree import UnknownType, copy, first_difference, mutants, overwrite, register, visit

NAN, NAT = float("nan"), np.datetime64("NaT")
LONG = np.longdouble


class Plain:
    def __init__(self, **fields: Any) -> None:
        vars(self).update(fields)


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self, left: Any) -> None:
        self.left = left


class SlottedToo(Slotted):
    __slots__ = ("__dict__", "more")


@dataclass(frozen=True, slots=True)
class Frozen:
    x: Any


@dataclass
class Loose:
    x: Any
    y: list[Any] = field(default_factory=list)


class Point(NamedTuple):
    x: Any
    y: Any = 0


class Words(list):  # type: ignore[type-arg]
    def __init__(self, items: Any, language: str) -> None:
        super().__init__(items)
        self.language = language


class Id(int):
    pass


class Name(str):
    lang: str


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Count(enum.IntEnum):
    ONE = 1


class Failed(ValueError):
    def __init__(self, what: str, *, code: int) -> None:
        super().__init__(f"{what} failed")
        self.code = code


def named(value: str, lang: str) -> Name:
    name = Name(value)
    name.lang = lang
    return name


def slotted(left: Any, **more: Any) -> Slotted:
    made = SlottedToo(left)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def ring(length: int) -> list[Any]:
    first: list[Any] = []
    last = first
    for _ in range(length - 1):
        last.append([])
        last = last[0]
    last.append(first)
    return first


def masked(data: Any, mask: Any, **more: Any) -> Any:
    return np.ma.MaskedArray(np.array(data, float), mask, **more)


def structured(value: float, name: str = "a") -> Any:
    return np.array([(value, name)], [("x", "f8"), ("s", "U3")])


def objects(*items: Any) -> Any:
    made = np.empty(len(items), object)
    for number, item in enumerate(items):
        made[number] = item
    return made


def nan(payload: int) -> float:
    return float(np.array([0x7FF8000000000000 + payload], np.uint64).view(np.float64)[0])


PAIRS: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [  # what it is, a value, and one that is not the same
    ("int, bool", lambda: 1, lambda: True),
    ("int of any size", lambda: 2**80, lambda: 2**80 + 1),
    ("float, -0.0", lambda: 0.0, lambda: -0.0),
    ("float, NaN payload", lambda: nan(1), lambda: nan(2)),
    ("float, one ulp", lambda: 1.0, lambda: 1.0 + 2**-52),
    ("complex, -0.0", lambda: 0j, lambda: complex(0, -0.0)),
    ("numpy scalar", lambda: np.float32(1), lambda: np.float64(1)),
    ("numpy integer", lambda: np.int64(1), lambda: 1),
    ("datetime64 unit", lambda: np.datetime64("2020-01-01", "D"), lambda: np.datetime64("2020-01-01", "s")),
    ("NaT", lambda: NAT, lambda: np.timedelta64("NaT", "s")),
    ("long double, -0.0", lambda: LONG(0), lambda: -LONG(0)),
    ("text", lambda: "a", lambda: "b"),
    ("bytes", lambda: b"a", lambda: b"b"),
    ("bytearray", lambda: bytearray(b"ab"), lambda: bytearray(b"ac")),
    ("bytes, bytearray", lambda: b"a", lambda: bytearray(b"a")),
    ("None", lambda: None, lambda: 0),
    ("Ellipsis", lambda: ..., lambda: None),
    ("type", lambda: int, lambda: float),
    ("function", lambda: len, lambda: max),
    ("method", lambda: re.sub, lambda: re.match),
    ("module", lambda: re, lambda: enum),
    ("range", lambda: range(0, 3, 2), lambda: range(0, 4, 2)),
    ("slice, bool for int", lambda: slice(1), lambda: slice(True)),
    ("enum", lambda: Colour.RED, lambda: Colour.BLUE),
    ("int enum", lambda: Count.ONE, lambda: 1),
    ("pattern", lambda: re.compile("a"), lambda: re.compile("a", re.I)),
    ("dtype", lambda: np.dtype("f8"), lambda: np.dtype("f4")),
    ("Decimal exponent", lambda: Decimal("1.0"), lambda: Decimal("1.00")),
    ("Decimal", lambda: Decimal("NaN"), lambda: Decimal("sNaN")),
    ("Fraction", lambda: Fraction(1, 3), lambda: Fraction(2, 3)),
    ("date", lambda: dt.date(2020, 1, 1), lambda: dt.date(2020, 1, 2)),
    ("datetime fold", lambda: dt.datetime(2020, 1, 1), lambda: dt.datetime(2020, 1, 1, fold=1)),
    (
        "instant in another zone",
        lambda: dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC),
        lambda: dt.datetime(2020, 1, 1, 13, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    ),
    ("time", lambda: dt.time(1), lambda: dt.time(1, tzinfo=dt.UTC)),
    ("timedelta", lambda: dt.timedelta(1), lambda: dt.timedelta(1, 0, 1)),
    ("zone name", lambda: dt.timezone(dt.timedelta(0), "a"), lambda: dt.timezone(dt.timedelta(0), "b")),
    ("zone", lambda: zoneinfo.ZoneInfo("UTC"), lambda: zoneinfo.ZoneInfo("Europe/Paris")),
    ("UUID", lambda: uuid.UUID(int=1), lambda: uuid.UUID(int=2)),
    ("path", lambda: Path("a/b"), lambda: Path("a/c")),
    ("buffer position", lambda: io.BytesIO(b"ab"), lambda: moved(io.BytesIO(b"ab"))),
    ("random", lambda: random.Random(1), lambda: random.Random(2)),
    ("Generator", lambda: np.random.default_rng(1), lambda: np.random.default_rng(2)),
    ("RandomState", lambda: np.random.RandomState(1), lambda: np.random.RandomState(2)),
    ("list", lambda: [1, [2]], lambda: [1, [3]]),
    ("list, tuple", lambda: [1], lambda: (1,)),
    ("list, bool for int", lambda: [1, "a"], lambda: [True, "a"]),
    ("list, -0.0", lambda: [0.0], lambda: [-0.0]),
    ("list length", lambda: [1], lambda: [1, 1]),
    ("list subclass", lambda: Words(["a"], "en"), lambda: Words(["a"], "fr")),
    ("named tuple", lambda: Point(1), lambda: Point(1, 1)),
    ("named tuple, tuple", lambda: Point(1), lambda: (1, 0)),
    ("structure of the interpreter", lambda: time_of(0), lambda: time_of(1)),
    ("deque maxlen", lambda: deque([1], 3), lambda: deque([1], 4)),
    ("deque", lambda: deque([1, 2]), lambda: deque([2, 1])),
    ("Counter", lambda: Counter("aab"), lambda: Counter("abb")),
    ("Counter, zero count", lambda: Counter(a=1), lambda: Counter(a=1, b=0)),
    ("Counter, dict", lambda: Counter(a=1), lambda: {"a": 1}),
    ("defaultdict factory", lambda: defaultdict(list, a=[1]), lambda: defaultdict(set, a=[1])),
    ("OrderedDict order", lambda: OrderedDict(a=1, b=2), lambda: moved_to_end(OrderedDict(a=1, b=2))),
    ("dict order", lambda: {"a": 1, "b": 2}, lambda: {"b": 2, "a": 1}),
    ("dict key, bool for int", lambda: {1: "a"}, lambda: {True: "a"}),
    ("dict key, -0.0", lambda: {0.0: 1}, lambda: {-0.0: 1}),
    ("dict key, a tuple", lambda: {(1, "a"): 1}, lambda: {(True, "a"): 1}),
    ("dict value", lambda: {"a": {"b": 1}}, lambda: {"a": {"b": 2}}),
    ("mappingproxy", lambda: types.MappingProxyType({"a": [1]}), lambda: types.MappingProxyType({"a": [2]})),
    ("set", lambda: {1, 2}, lambda: {1, 3}),
    ("set, bool for int", lambda: {1}, lambda: {True}),
    ("set, -0.0", lambda: {0.0, 1}, lambda: {-0.0, 1}),
    ("set of tuples", lambda: {(1, 2), (3, 4)}, lambda: {(1, 2), (3, 4.0)}),
    ("set of frozen objects", lambda: {Frozen(1)}, lambda: {Frozen(2)}),
    ("frozenset, set", lambda: frozenset([1]), lambda: {1}),
    ("frozenset", lambda: frozenset([frozenset([1])]), lambda: frozenset([frozenset([True])])),
    ("array.array typecode", lambda: array.array("i", [1]), lambda: array.array("l", [1])),
    ("array.array", lambda: array.array("d", [0.0]), lambda: array.array("d", [-0.0])),
    ("array.array of text", lambda: array.array("u", "ab"), lambda: array.array("u", "ac")),
    ("dataclass", lambda: Loose(1, [2]), lambda: Loose(1, [3])),
    ("dataclass, frozen and slotted", lambda: Frozen([1]), lambda: Frozen([2])),
    ("object", lambda: Plain(x=1), lambda: Plain(x=2)),
    ("object, one field more", lambda: Plain(x=1), lambda: Plain(x=1, y=2)),
    ("object with slots", lambda: Slotted(1), lambda: Slotted(2)),
    ("object with slots, one unset", lambda: slotted(1, more=2, z=3), lambda: slotted(1, z=3)),
    ("object with slots and a dict", lambda: slotted(1, z=3), lambda: slotted(1, z=4)),
    ("object of another class", lambda: Slotted(1), lambda: SlottedToo(1)),
    ("namespace", lambda: types.SimpleNamespace(x=1), lambda: types.SimpleNamespace(x=2)),
    ("UserDict", lambda: collections.UserDict(a=1), lambda: collections.UserDict(a=2)),
    ("int subclass", lambda: Id(1), lambda: Id(2)),
    ("int subclass, int", lambda: Id(1), lambda: 1),
    ("str subclass with a field", lambda: named("a", "en"), lambda: named("a", "fr")),
    ("exception message", lambda: ValueError("a"), lambda: ValueError("b")),
    ("exception type", lambda: ValueError("a"), lambda: TypeError("a")),
    ("exception arguments", lambda: KeyError(1), lambda: KeyError(True)),
    ("exception of the program's", lambda: Failed("a", code=1), lambda: Failed("a", code=2)),
    ("exception, file name", lambda: OSError(2, "no", "a"), lambda: OSError(2, "no", "b")),
    ("exception group", lambda: ExceptionGroup("g", [ValueError(1)]), lambda: ExceptionGroup("g", [ValueError(2)])),
    ("import error", lambda: ImportError("x", name="a"), lambda: ImportError("x", name="b")),
    ("array", lambda: np.arange(3.0), lambda: np.arange(3.0) + 2**-51),
    ("array dtype", lambda: np.arange(3), lambda: np.arange(3.0)),
    ("array, byte order", lambda: np.arange(3, dtype=">i4"), lambda: np.arange(3, dtype="<i4")),
    ("array of NaT", lambda: np.array(["NaT", "2020"], "M8[s]"), lambda: np.array(["2021", "2020"], "M8[s]")),
    ("array of objects", lambda: objects("a", [1], None), lambda: objects("a", [2], None)),
    ("array of objects, bool for int", lambda: objects(1), lambda: objects(True)),
    ("array of arrays", lambda: objects(np.ones(2), 1), lambda: objects(np.zeros(2), 1)),
    ("array of long doubles, -0.0", lambda: np.array([0], LONG), lambda: -np.array([0], LONG)),
    ("array of complex long doubles, -0.0", lambda: np.zeros(1, "G"), lambda: np.zeros(1, "G").conj()),
    ("structured array, -0.0", lambda: structured(0.0), lambda: structured(-0.0)),
    ("structured array, text", lambda: structured(0.0), lambda: structured(0.0, "b")),
    ("structured scalar", lambda: structured(0.0)[0], lambda: structured(-0.0)[0]),
    ("array of raw bytes", lambda: np.array([b"ab"], "V2"), lambda: np.array([b"ac"], "V2")),
    ("array of variable text", lambda: np.array(["a"], np.dtypes.StringDType()), lambda: np.array(["b"], "T")),
    ("mask", lambda: masked([1, 2], [0, 1]), lambda: masked([1, 2], [0, 0])),
    ("masked values", lambda: masked([1, 2], [0, 1]), lambda: masked([3, 2], [0, 1])),
    ("fill value", lambda: masked([1], [0], fill_value=1), lambda: masked([1], [0], fill_value=2)),
    ("masked array, array", lambda: masked([1], [0]), lambda: np.array([1.0])),
    ("the masked constant", lambda: np.ma.masked, lambda: 0.0),
    ("matrix", lambda: np.matrix([[1, 2]]), lambda: np.matrix([[1, 3]])),
    ("cycle", lambda: ring(1), lambda: ring(2)),
    ("cycle of another length", lambda: ring(3), lambda: ring(4)),
]


def moved(buffer: io.BytesIO) -> io.BytesIO:
    buffer.seek(1)
    return buffer


def moved_to_end(ordered: Any) -> Any:
    ordered.move_to_end("a")
    return ordered


def time_of(second: int) -> Any:
    import time

    return time.gmtime(second)


pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
VALUES = pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make, _ in PAIRS])
OTHERS = pytest.mark.parametrize(("make", "other"), [pytest.param(a, b, id=name) for name, a, b in PAIRS])
LOOSE = close(rtol=1e-9, atol=1e-15, why="x")


@VALUES
def test_a_value_made_twice_is_the_same(make: Callable[[], Any]) -> None:
    assert first_difference(make(), make(), exact()) is None
    assert first_difference([make()], [make()], LOOSE) is None


@OTHERS
def test_what_is_not_the_same_is_a_difference_wherever_it_stands(
    make: Callable[[], Any], other: Callable[[], Any]
) -> None:
    for wrap in (lambda v: v, lambda v: [v], lambda v: {"a": (v,)}, lambda v: Plain(x=v), lambda v: objects(v)):
        assert first_difference(wrap(make()), wrap(other()), exact()) is not None
        assert first_difference(wrap(other()), wrap(make()), exact()) is not None


@VALUES
def test_a_copy_is_the_same_and_shares_nothing_that_can_be_written_over(make: Callable[[], Any]) -> None:
    original = make()
    copied = copy(original)

    assert first_difference(original, copied, exact()) is None
    overwrite(original)
    assert first_difference(make(), copied, exact()) is None


@VALUES
def test_every_value_has_a_mutant_and_every_mutant_is_refused(make: Callable[[], Any]) -> None:
    right = {"a": [make()]}
    found = list(mutants(right, right, LOOSE))

    assert [name for name, _ in found if "output['a'][0]" in name or "array" in name]
    for name, wrong in found:
        assert first_difference(right, wrong, LOOSE) is not None, name
    assert first_difference(right, {"a": [make()]}, exact()) is None


MUTABLE = [
    pytest.param(lambda: [1, 2], id="list"),
    pytest.param(list, id="empty list"),
    pytest.param(lambda: {"a": 1}, id="dict"),
    pytest.param(dict, id="empty dict"),
    pytest.param(lambda: OrderedDict(a=1), id="OrderedDict"),
    pytest.param(lambda: Counter("ab"), id="Counter"),
    pytest.param(lambda: {1}, id="set"),
    pytest.param(lambda: deque([1], 2), id="deque"),
    pytest.param(lambda: bytearray(b"ab"), id="bytearray"),
    pytest.param(lambda: array.array("d", [1.0]), id="array.array"),
    pytest.param(lambda: Plain(x=1), id="object"),
    pytest.param(lambda: slotted(1, more=2), id="object with slots"),
    pytest.param(lambda: Words(["a"], "en"), id="list subclass"),
    pytest.param(lambda: objects("a", 1), id="array of objects"),
    pytest.param(lambda: structured(1.0), id="structured array"),
    pytest.param(lambda: masked([1, 2], [0, 1]), id="masked array"),
    pytest.param(lambda: np.ones(2, bool), id="array of True"),
    pytest.param(lambda: np.full(2, 77), id="array of 77"),
    pytest.param(lambda: np.array(["", ""]), id="array of empty text"),
    pytest.param(lambda: np.zeros(2, "M8[s]"), id="array of moments"),
]


@pytest.mark.parametrize("make", MUTABLE)
def test_what_the_owner_may_change_is_changed_wherever_it_stands(make: Callable[[], Any]) -> None:
    for wrap in (lambda v: v, lambda v: (v,), lambda v: [v], lambda v: {"a": v}, lambda v: Frozen(v)):
        inner = make()
        overwrite(wrap(inner))
        assert first_difference(make(), inner, exact()) is not None


def test_what_does_not_let_its_owner_write_is_left_and_named() -> None:
    weights = np.ones(2)
    weights.flags.writeable = False
    frozen = Frozen(1)

    assert overwrite([weights, {"a": frozen}, 3]) == ("output[0]", "output[1]['a']")
    assert weights.tolist() == [1, 1]
    assert frozen.x == 1


def test_a_number_of_pythons_stands_for_one_of_numpys_where_that_is_declared() -> None:
    declared = close(rtol=1e-9, dtype_change=True, why="a Python number")

    for one, other in ((1, np.int64(1)), (2.5, np.float64(2.5)), (True, np.True_), (2**70, 2**70)):
        assert first_difference([one], [other], declared) is None
        assert first_difference([other], [one], declared) is None
    assert first_difference(np.int64(1), 1, LOOSE) is not None
    assert first_difference(np.int64(1), 2, declared) is not None
    assert first_difference(1, True, declared) is not None
    assert first_difference("1", 1, declared) is not None


def test_what_a_mask_hides_does_not_count() -> None:
    assert first_difference(masked([1, 2], [0, 1]), masked([1, 3], [0, 1]), exact()) is None


def test_one_that_is_nan_throughout_is_no_tolerance_that_admits_zeros() -> None:
    assert first_difference([NAN, np.full(3, NAN)], [NAN, np.full(3, NAN)], LOOSE) is None


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (iter([1]), "output"),
        ([(x for x in "a")], "output[0]"),
        ({"a": Plain(x=map(len, []))}, "output['a'].x"),
        (collections.UserList([zip([])]), "output.data[0]"),
    ],
)
def test_what_is_not_there_yet_is_refused_by_name_with_what_to_do(value: Any, place: str) -> None:
    for refuse in (copy, lambda v: first_difference(v, v, exact()), lambda v: list(mutants(v, v, exact()))):
        with pytest.raises(UnknownType, match=f"unknown type builtins.* at {re.escape(place)}$") as caught:
            refuse(value)
        assert "consume it first" in caught.value.hint


class Quantity(np.ndarray):  # type: ignore[type-arg]
    unit = "m"


class Iterates:
    def __next__(self) -> int:
        return 1


def test_what_nobody_knows_is_refused_by_name_and_left_to_a_scan_as_it_is() -> None:
    import concurrent.futures
    import threading

    lock = threading.Lock()
    unknown = [lock, np.ones(2).view(Quantity), Iterates(), concurrent.futures.Future(), hashlib.md5(b"a")]
    for value in unknown:
        with pytest.raises(UnknownType, match=re.escape(type(value).__qualname__)) as caught:
            copy([value])
        assert caught.value.hint
        assert first_difference(value, 1, exact()) is not None, "another type is a difference, known or not"
    assert list(visit([lock, 1])) == [lock, 1]


class Celsius:
    def __init__(self, degrees: float) -> None:
        self.lock = __import__("threading").Lock()
        self.degrees = [degrees]


def test_a_registered_type_is_known_by_its_state() -> None:
    with pytest.raises(UnknownType, match=r"lock at output\.lock"):
        copy(Celsius(1.0))
    register(Celsius, lambda c: {"degrees": c.degrees}, lambda state: Celsius(*state["degrees"]))
    one = Celsius(1.0)
    copied = copy(one)
    overwrite(one)

    assert first_difference(Celsius(1.0), copied, exact()) is None
    found = first_difference(Celsius(1.0), Celsius(2.0), exact())
    assert found is not None
    assert found.where == "output.state['degrees'][0]"
    assert list(mutants(Celsius(1.0), None, exact()))


def test_a_tree_may_be_as_deep_as_it_likes() -> None:
    def nest(end: Any) -> Any:
        for _ in range(20_000):
            end = [end]
        return end

    assert first_difference(nest(1), nest(1), exact()) is None
    found = first_difference(nest(1), nest(2), exact())
    assert found is not None
    assert (found.expected, found.got) == ("1", "2")
    copied = copy(nest(1))
    assert first_difference(nest(1), copied, exact()) is None
    assert list(visit(copied)) == [1]
    overwrite(copied)
    found = first_difference([nest(1)], [nest({})], exact())
    assert found is not None
    assert len(found.got) <= 80


def test_a_copy_of_what_holds_itself_holds_itself() -> None:
    around: Any = ([],)
    around[0].append(around)
    copied = copy(around)

    assert copied is not around
    assert copied[0][0] is copied
    node = Plain(next=None)
    node.next = {"node": node}
    assert copy(node).next["node"].next is not node.next
    assert first_difference(node, copy(node), exact()) is None


def test_what_is_shared_within_a_tree_is_walked_once() -> None:
    tree: Any = [np.ones(2)]
    for _ in range(60):
        tree = [tree, tree]

    assert len(list(visit(tree))) == 1
    assert first_difference(tree, copy(tree), exact()) is None


def test_a_float_difference_says_how_large_the_largest_is_and_what_would_pass() -> None:
    expected = {"a": np.array([1.0, 2.0]), "b": [4.0, np.array([0.0, 8.0])]}
    got = {"a": np.array([1.0, 2.0 + 2e-9]), "b": [4.0, np.array([3e-12, 8.0 + 4e-9])]}
    found = first_difference(expected, got, exact())

    assert found is not None
    assert (found.max_abs, found.max_rel) == (pytest.approx(4e-9), pytest.approx(1e-9))
    assert found.would_pass is not None
    assert str(found).endswith(f"close({found.would_pass}) would pass")
    rule = eval(f"close({found.would_pass}, why='as it says')", {"close": close})
    assert rule.rtol <= 3e-9
    assert rule.atol <= 5e-12
    assert first_difference(expected, got, rule) is None


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (np.ones(3), np.zeros(3)),  # a tenth and more
        (np.array([1.0, NAN]), np.array([1.0 + 1e-9, 2.0])),  # a number for a NaN
        ([1.0, "a"], [1.0 + 1e-9, "b"]),  # text too
        (np.array([0.0, 1e-9]), np.array([1e-9, 1e-9])),  # would let zeros pass
        (np.arange(3), np.arange(3) + 1),
    ],
    ids=["far off", "NaN", "text", "zeros", "integers"],
)
def test_no_tolerance_is_offered_where_none_would_do(expected: Any, got: Any) -> None:
    found = first_difference(expected, got, exact())

    assert found is not None
    assert found.would_pass is None


def test_a_scan_sees_the_numbers_of_every_container() -> None:
    tree = [Plain(x=1.5), {2.5}, deque([3.5]), structured(4.5), objects(5.5), array.array("d", [6.5]), Point(7.5)]
    seen = [float(np.asarray(v).flat[0]) for v in visit(tree) if np.asarray(v).dtype.kind == "f"]

    assert seen == [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5]


class Record(msgspec.Struct, frozen=True):
    x: int


def test_a_record_that_only_its_library_can_make_is_refused_by_name() -> None:
    with pytest.raises(UnknownType, match=r"Record at output\['a'\]\[0\]$"):
        copy({"a": [Record(1)]})
