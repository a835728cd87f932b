"""list, tuple and deque: parts in an order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any

from perfkit.equivalence import Equivalence
from perfkit.tree.cells import Cells
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import OVERWRITTEN, Kind, Part, Wrong
from perfkit.tree.numeric import bounded
from perfkit.tree.plain import OWN_COPIES, are_alike
from perfkit.tree.registry import add

__all__: list[str] = []


class _Sequence(Kind):
    """list, tuple, deque. Their subclasses may add fields; a named tuple's parts have names."""

    container = True
    base: Any = list

    def items(self, value: Any) -> list[Any]:
        return list(self.base.__iter__(value))

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        lengths = self.base.__len__(expected), self.base.__len__(got)
        return None if lengths[0] == lengths[1] else differs(*lengths, "a different length", "len({})")

    def pairs(self, expected: Any, got: Any, rule: Equivalence) -> Iterable[tuple[int, Any, Any]]:
        theirs, ours = self.items(expected), self.items(got)
        if not rule.free and are_alike(theirs, ours, floats=not bounded(rule)):
            return ()  # the walk would find as much, an item at a time
        return zip(range(len(theirs)), theirs, ours, strict=True)

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        items = self.items(value)
        if items and self.cls in (list, tuple, deque):
            yield "last one missing", self.cls(items[:-1])
            yield "last one twice", self.cls([*items, items[-1]])
        if len(items) > 1 and self.cls in (list, tuple, deque):
            yield "first and last swapped", self.cls([items[-1], *items[1:-1], items[0]])
        yield from super().wrong(value, earlier, rule, rng)


class _List(_Sequence):
    def shell(self, value: Any) -> Any:
        return list.__new__(self.cls)

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        list.extend(shell, items)
        return shell

    def overwrite(self, value: Any) -> bool:
        list.__setitem__(value, slice(None), [OVERWRITTEN])
        return super().overwrite(value)

    def cells(self, value: Any) -> Iterable[Cells]:
        return (Cells(list.__len__(value), partial(list.__getitem__, value), partial(list.__setitem__, value)),)

    def assign(self, value: Any, source: Any, part: Part) -> bool:
        items = list(list.__iter__(source))
        if list.__len__(value) == len(items) and not OWN_COPIES.issuperset(map(type, items)):
            for number, wanted in enumerate(items):
                if not part(list.__getitem__(value, number), wanted):
                    list.__setitem__(value, number, wanted)
        else:
            list.__setitem__(value, slice(None), items)
        return self.assign_fields(value, source, part)


class _Tuple(_Sequence):
    base = tuple

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.structure = hasattr(cls, "n_sequence_fields")  # such as torch.return_types.max
        self.names = getattr(cls, "__match_args__" if self.structure else "_fields", ())

    def place(self, value: Any, number: int) -> str:
        return f".{self.names[number]}" if number < len(self.names) else f"[{number}]"

    def shell(self, value: Any) -> Any:
        return None

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        if self.structure:
            return self.cls(items, value.__reduce__()[1][1])
        return tuple.__new__(self.cls, items)

    def assign(self, value: Any, source: Any, part: Part) -> bool:
        items, wanted = self.items(value), self.items(source)
        same = len(items) == len(wanted) and all(map(part, items, wanted))
        return same and self.assign_fields(value, source, part)


class _Deque(_Sequence):
    base = deque

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if expected.maxlen != got.maxlen:
            return differs(expected.maxlen, got.maxlen, "a different attribute", "{}.maxlen")
        return super().differ(expected, got, rule)

    def shell(self, value: Any) -> Any:
        shell: Any = deque.__new__(self.cls)
        deque.__init__(shell, (), value.maxlen)
        return shell

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        deque.extend(shell, items)
        return shell

    def overwrite(self, value: Any) -> bool:
        deque.clear(value)
        deque.append(value, OVERWRITTEN)
        return super().overwrite(value)

    def cells(self, value: Any) -> Iterable[Cells]:
        return (Cells(deque.__len__(value), partial(deque.__getitem__, value), partial(deque.__setitem__, value)),)

    def assign(self, value: Any, source: Any, part: Part) -> bool:
        if value.maxlen != source.maxlen:
            return False
        deque.clear(value)
        deque.extend(value, deque.__iter__(source))
        return self.assign_fields(value, source, part)


add(_List, list, derived="fields")
add(_Tuple, tuple, derived="fields")
add(_Deque, deque, derived="fields")
