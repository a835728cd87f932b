"""What the tree knows of one type.

A `Kind` looks at one value alone; the walkers (`walk`, `compare`, `mutate`) go on into its parts. `registry` holds the
kinds of all types.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.array_utils import byte_bounds

from perfkit.equivalence import Equivalence
from perfkit.tree.cells import Cells
from perfkit.tree.difference import Difference, differs

__all__ = ["OVERWRITTEN", "ByState", "Counts", "Kind", "Maker", "Part", "Wrong", "slots_of"]

Maker = Callable[[type], "Kind"]
Part = Callable[[Any, Any], bool]  # changes a part in place, where that can be done
Wrong = Iterator[tuple[str, Any]]  # wrong values in the place of a right one, by what is wrong with them

_OF_A_PROGRAM = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made while running, by a class statement for instance
OVERWRITTEN = 77  # what the caller who owns a result puts in its place


class Counts(NamedTuple):
    """Floats, and how many of them are subnormal, infinite or NaN, and zero."""

    floats: int
    subnormal: int
    nonfinite: int
    zero: int


class Kind:
    """What can be done with the values of one type. As it stands: a plain object, known by its fields.

    `items` are the parts that a value holds by itself, beside its fields (what its `__dict__` and `__slots__` hold).
    """

    atom = False  # immutable and without parts: it is its own copy
    leaf = False  # a scan for numbers looks at it
    container = False  # it only holds others
    whole = False  # copied by its shell alone, whatever its parts

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.slots = tuple(slots_of(cls))
        self.has_dict = cls.__dictoffset__ != 0
        self.has_fields = bool(self.slots) or self.has_dict
        self.builtin: Any = next(base for base in cls.__mro__ if not base.__flags__ & _OF_A_PROGRAM)

    def fields(self, value: Any) -> dict[str, Any]:
        """The fields of a value by name, as they are stored: nothing of the user's is called."""
        found = dict(object.__getattribute__(value, "__dict__")) if self.has_dict else {}
        for name, slot in self.slots:
            try:
                found[name] = slot.__get__(value)
            except AttributeError:  # a slot that nothing was put into
                continue
        return found

    def set_field(self, value: Any, name: str, field: Any) -> None:
        """Put a field into a copy, frozen or not."""
        slot = next((s for n, s in self.slots if n == name), None)
        if slot is None:
            vars(value)[name] = field
        elif field is not None or getattr(value, name, self) is not None:  # None may stand for a slot never set
            slot.__set__(value, field)

    def other_fields(self, expected: Any, got: Any) -> Difference | None:
        """The difference between two values that do not have the same fields."""
        names, others = self.fields(expected).keys(), self.fields(got).keys()
        return None if names == others else differs(sorted(names), sorted(others), "other fields")

    def items(self, value: Any) -> list[Any]:
        """The parts of a value beside its fields."""
        return []

    def place(self, value: Any, number: int) -> str:
        """How item `number` is reached from the value."""
        return f"[{number}]"

    def alike(self, other: type, rule: Equivalence) -> bool:
        """Whether a value of the type `other` may stand for one of this."""
        return other is self.cls

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        """The difference between two values apart from that between their parts."""
        return None

    def pairs(self, expected: Any, got: Any, rule: Equivalence) -> Iterable[tuple[int, Any, Any]]:
        """Items to compare, with their numbers. Asked only where `differ` found nothing."""
        items, others = self.items(expected), self.items(got)
        if len(items) != len(others):
            return [(0, f"{len(items)} parts", f"{len(others)} parts")]
        return zip(range(len(items)), items, others, strict=True)

    def numbers(self, value: Any) -> bool:
        """Whether a value is an array of numbers, which is spoilt row by row."""
        return False

    def leaves(self, value: Any) -> Iterable[Any]:
        """What a scan for numbers looks at in a value, apart from its parts."""
        return (value,) if self.leaf else ()

    def size_bytes(self, value: Any) -> int:
        """Bytes of the numbers in a value, apart from its parts."""
        return sum(leaf.nbytes for leaf in self.leaves(value) if isinstance(leaf, np.ndarray))

    def counted(self, value: Any) -> Counts | None:
        """What a scan would count of a value that is not to be fetched for that; None of one that lies here."""
        return None

    def overlaps(self, value: Any) -> Iterable[bool]:
        """Of each block of numbers in a value: whether elements lie in the same memory, and can be written to."""
        return (_overlap(leaf) for leaf in self.leaves(value) if isinstance(leaf, np.ndarray))

    def shell(self, value: Any) -> Any:
        """An empty copy, for a value that may hold itself; None where the parts must be there first."""
        return self.builtin.__new__(self.cls)  # past a constructor of the user's

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        """The copy of a value, from its shell and the copies of its items."""
        return shell

    def overwrite(self, value: Any) -> bool:
        """Write over a value in place, as its owner may. False: it does not let him."""
        if not self.has_fields:
            return True
        try:
            for name in self.fields(value):
                setattr(value, name, OVERWRITTEN)
        except Exception:  # frozen, or particular about what it holds
            return False
        return True

    def shares(self, value: Any, other: Any) -> bool:
        """Whether two values lie in the same memory."""
        return value is other

    def cells(self, value: Any) -> Iterable[Cells]:
        """Elements that can be written one at a time; those that are no parts of a container's own."""
        return ()

    def assign(self, value: Any, source: Any, part: Part) -> bool:
        """Change a value in place until it holds what `source` holds. False: it cannot be done.

        `part` does the same to a part, where that can be changed; one that cannot gives its place to that of `source`.
        """
        if not self.has_fields or self.items(value):
            return False
        return self.assign_fields(value, source, part)

    def assign_fields(self, value: Any, source: Any, part: Part) -> bool:
        """As `assign`, of the fields alone. What is frozen, or particular about what it holds, does not let them."""
        fields, wanted = self.fields(value), self.fields(source)
        if fields.keys() != wanted.keys():
            return False
        for name, field in fields.items():
            if not part(field, wanted[name]):
                try:
                    setattr(value, name, wanted[name])
                except Exception:  # its own refusal to be changed, of whatever type
                    return False
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        """Wrong values in its place. `earlier`: what stood there in an output for another input, or None."""
        yield "nothing", None


class ByState(Kind):
    """A value that is known by its state: what `state` gives, from which `make` builds an equal value."""

    def __init__(self, cls: type, state: Callable[[Any], Any], make: Callable[[Any], Any]) -> None:
        super().__init__(cls)
        self.has_fields = False
        self._state, self._make = state, make

    def items(self, value: Any) -> list[Any]:
        """The state alone."""
        return [self._state(value)]

    def place(self, value: Any, number: int) -> str:
        """The one item is the state."""
        return ".state"

    def shell(self, value: Any) -> Any:
        """None: the state must be there first."""
        return None

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        """A value built from the state."""
        return self._make(items[0])

    def overwrite(self, value: Any) -> bool:
        """True: nobody knows how."""
        return True


def _overlap(array: Any) -> bool:
    low, high = byte_bounds(array)
    return bool(array.flags.writeable and array.nbytes > high - low)


def slots_of(cls: type) -> Iterator[tuple[str, Any]]:
    """The slots that a type declares, by name."""
    if hasattr(cls, "n_sequence_fields"):  # a tuple of the interpreter's, whose items are found by name too
        return
    for base in cls.__mro__:
        for name, member in vars(base).items():
            if isinstance(member, types.MemberDescriptorType) and not (name.startswith("__") and name.endswith("__")):
                yield name, member
