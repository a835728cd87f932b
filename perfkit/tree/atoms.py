"""Numbers, text, and what counts by being the same object."""

from __future__ import annotations

import enum
import math
import re
import struct
import types
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import Kind, Wrong
from perfkit.tree.numeric import array_difference, bounded, off_by_one
from perfkit.tree.registry import add

__all__ = ["Equal", "Number", "Same"]

_NUMBERS = (bool, int, float, complex)


class _Value(Kind):
    """A builtin value, compared as its builtin type does. A subclass may hold fields beside it."""

    bases: tuple[type, ...]

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.base: Any = next((base for base in cls.__mro__ if base in self.bases), cls)
        self.has_fields = cls is not self.base and self.has_fields
        self.atom = not self.has_fields

    def shell(self, value: Any) -> Any:
        return self.base.__new__(self.cls, value)


class Number(_Value):
    """A number of Python's or numpy's. Exact means bits; integers have no tolerance."""

    leaf = True
    bases = _NUMBERS

    def alike(self, other: type, rule: Equivalence) -> bool:
        """Where the rule lets the dtype change, any number may stand for any other."""
        return other is self.cls or (rule.dtype_change and issubclass(other, (*_NUMBERS, np.generic)))

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        """Python's numbers by themselves, which is quick; all others as arrays."""
        if isinstance(expected, float) and type(got) is self.cls is float and _surely_equal(expected, got, rule):
            return None
        if self.base is bool and type(got) is bool:
            return None if expected is got else differs(expected, got, "a different value")
        if _whole(expected) and _whole(got):  # of any size, which an array may not hold
            return None if int(expected) == int(got) else differs(int(expected), int(got), "a different value")
        return array_difference(np.asarray(expected), np.asarray(got), rule)

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        """The opposite, one more, or off by what the rule must not let pass."""
        if isinstance(value, bool):
            yield "the opposite", not value
        elif isinstance(value, int):
            yield "one more", int(value) + 1
        else:
            off = off_by_one(np.asarray(value), rule, rng)
            yield "off", off[()] if isinstance(value, np.generic) else off.item()
        yield from super().wrong(value, earlier, rule, rng)


def _whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _surely_equal(expected: float, got: float, rule: Equivalence) -> bool:
    """Whether two floats are equal, found without an array, under a rule that nothing worthless would pass."""
    if not bounded(rule):
        return struct.pack("d", expected) == struct.pack("d", got)
    if rule.ulp or not math.isfinite(expected):
        return False
    bound = rule.atol + rule.rtol * abs(expected)
    vacuous = expected != 0 and abs(expected * 0.9 - expected) <= bound
    return abs(got - expected) <= bound and not vacuous


class _Text(_Value):
    """str and bytes."""

    bases = (str, bytes)

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        return None if self.base.__eq__(expected, got) is True else differs(expected, got, "a different value")

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if value:
            yield "cut short", value[:-1]
        yield "one more", value + (b"x" if isinstance(value, bytes) else "x")
        yield from super().wrong(value, earlier, rule, rng)


class Same(Kind):
    """What counts by being the same object: functions, types, modules, sentinels, members of an enum."""

    atom = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        """Whether it is another object."""
        return None if expected is got else differs(expected, got, "a different object")

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        """Another member of an enum, or something for nothing."""
        if isinstance(value, enum.Enum):
            yield from [("a different member", member) for member in type(value) if member is not value][:1]
        yield ("something", 0) if value is None else ("nothing", None)


class Equal(Same):
    """What counts by the `==` of its type, which runs no code of the user's."""

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        """Whether `==` says so."""
        return None if expected == got else differs(expected, got, "a different value")


class _Match(Same):
    """What a regular expression found: the expression, the text, and where."""

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        same = (expected.re, expected.string, expected.regs) == (got.re, got.string, got.regs)
        return None if same else differs(expected, got, "a different match")


add(_Match, re.Match)
add(Number, *_NUMBERS, derived="fields")
add(Number, *(set(np.sctypeDict.values()) - {np.object_, np.void}))
add(_Text, str, bytes, derived="fields")
add(Same, type(None), type(...), type(NotImplemented), types.ModuleType, np.ufunc, type(np.ma.masked))
add(Same, types.FunctionType, types.BuiltinFunctionType, types.MethodDescriptorType)
add(Same, type, enum.Enum, derived="all")
add(Equal, types.MethodType, re.Pattern, np.dtype, derived="all")
add(Equal, types.GenericAlias, types.UnionType)
add(lambda cls: Same(cls) if cls is object else Kind(cls), object, derived="fields")  # the rest: plain objects
