"""Where two outputs differ, in words."""

from __future__ import annotations

import reprlib
from typing import Any

import msgspec

__all__ = ["Difference", "differs", "other_type", "placed", "text"]

_LONGEST = 80  # characters of a value's text

_short = reprlib.Repr()  # a deep or endless value has no text of its own
_short.maxlist = _short.maxtuple = _short.maxdict = _short.maxset = _short.maxfrozenset = _short.maxdeque = 20
_short.maxlevel, _short.maxstring, _short.maxlong, _short.maxother = 4, _LONGEST, _LONGEST, 2 * _LONGEST


class Difference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first place where two outputs differ: path in the tree, index in the array, the two values, and why.

    Where floats differ: the largest absolute and relative difference in the whole output, and the arguments of
    `close()` with which it would pass, if any tolerance helps.
    """

    where: str
    index: tuple[int, ...] | None
    expected: str
    got: str
    why: str
    max_abs: float | None = None
    max_rel: float | None = None
    would_pass: str | None = None

    def __str__(self) -> str:
        place = self.where + (str(list(self.index)) if self.index else "")
        said = f"{self.why} at {place}: expected {self.expected}, got {self.got}"
        if self.max_abs is not None:
            said += f"; largest difference {self.max_abs:.2g} absolute"
            said += f", {self.max_rel:.2g} relative" if self.max_rel is not None else ""
        return f"{said}; close({self.would_pass}) would pass" if self.would_pass else said


def differs(expected: Any, got: Any, why: str, where: str = "{}") -> Difference:
    """A difference between two values as a whole. `where`: the place, in which `{}` stands for that of the value."""
    return Difference(where=where, index=None, expected=text(expected), got=text(got), why=why)


def other_type(expected: Any, got: Any) -> Difference:
    """The difference between two values of different types."""
    return differs(type(expected), type(got), "a different type", "type({})")


def placed(difference: Difference, place: str) -> Difference:
    """The same difference, with the place of the value that it was found in."""
    return msgspec.structs.replace(difference, where=difference.where.replace("{}", place, 1))


def text(value: Any) -> str:
    """A value as a difference shows it: never longer than 80 characters, however deep the value is."""
    if isinstance(value, str | bytes):
        said = repr(value[: 2 * _LONGEST])
    elif type(value).__module__ == "numpy" and not hasattr(value, "__len__"):
        said = str(value)  # 35.0, not np.float32(35.0)
    else:
        said = _short.repr(value)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 3] + "..."
