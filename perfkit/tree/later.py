"""What a value to come has given, once it was consumed: the items of an iterator, the result that was waited for.

Each stands for its origin: `given_by(Drained, type(generator))` is a class of its own, so that a generator is not a
`map`, and neither is a list. It can be consumed once more, as the origin would have been: an `observe` may do so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

from perfkit.equivalence import Equivalence, exact
from perfkit.tree.compare import first_difference
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import Kind, Wrong
from perfkit.tree.registry import add
from perfkit.tree.walk import overwrite

__all__ = ["Awaited", "Drained", "given_by"]


class Drained:
    """The items of an iterator. `given`: the very objects; `items`: those, or copies made as they came.

    `result`: what a generator returned.
    """

    def __init__(self, items: list[Any], given: list[Any], *, result: Any = None, stay: bool = True) -> None:
        self.items, self.given, self.result = items, given, result
        self._stay = stay
        self._replay: Iterator[Any] | None = None

    @property
    def stay(self) -> bool:
        """Whether the objects given are still what they were when they came."""
        if self.items is not self.given and self._stay:
            self._stay = first_difference(self.items, self.given, exact()) is None
        return self._stay

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __next__(self) -> Any:
        self._replay = self._replay or iter(self.items)
        return next(self._replay)

    async def __aiter__(self) -> AsyncIterator[Any]:
        for item in self.items:
            yield item


class Awaited:
    """The result of a coroutine, a future or a query. It gives it again by whatever name it is asked."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        return self.value

    def send(self, value: Any) -> Any:
        """As a coroutine that does not wait."""
        raise StopIteration(self.value)

    def throw(self, *error: Any) -> Any:
        """As a coroutine that does not wait."""
        raise error[0]

    def close(self) -> None:
        """As a coroutine that has ended."""

    def result(self, timeout: float | None = None) -> Any:
        """The result."""
        return self.value

    get = wait = result

    def collect(self, *options: Any, **more: Any) -> Any:
        """The result."""
        return self.value

    compute = collect


class _Drained(Kind):
    """Items in their order, then what the generator returned."""

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def items(self, value: Any) -> list[Any]:
        return [*value.items, value.result]

    def place(self, value: Any, number: int) -> str:
        return f"[{number}]" if number < len(value.items) else ".value"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        if len(expected) != len(got):
            return differs(len(expected), len(got), "a different number of items", "len(list({}))")
        if expected.stay and not got.stay:
            return differs(
                "items that stay as they are", "items that change once the next is asked for", "reused items"
            )
        return None

    def shell(self, value: Any) -> Any:
        return None

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        return self.cls(items[:-1], items[:-1], result=items[-1], stay=value.stay)

    def overwrite(self, value: Any) -> bool:
        return value.given is value.items or not overwrite(tuple(value.given))  # parts are written over by themselves

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        items = value.items
        if items:
            yield "last item missing", self._with(value, items[:-1])
            yield "last item twice", self._with(value, [*items, items[-1]])
            yield "items given as a list", list(items)
        if len(items) > 1:
            yield "first and last item swapped", self._with(value, [items[-1], *items[1:-1], items[0]])
        yield from super().wrong(value, earlier, rule, rng)

    def _with(self, value: Any, items: list[Any]) -> Any:
        return self.cls(items, items, result=value.result)


class _Awaited(Kind):
    """The one result."""

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def items(self, value: Any) -> list[Any]:
        return [value.value]

    def place(self, value: Any, number: int) -> str:
        return ".result()"

    def shell(self, value: Any) -> Any:
        return None

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        return self.cls(items[0])

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        yield "the result itself", value.value
        yield from super().wrong(value, earlier, rule, rng)


_made: dict[tuple[type, type], Any] = {}


def given_by(sort: type, origin: type) -> Any:
    """The class of what values of the type `origin` have given, which reads as `origin` where it is shown."""
    made = _made.get((sort, origin))
    if made is None:
        names = {"__module__": origin.__module__, "__qualname__": origin.__qualname__}
        made = _made[sort, origin] = type(origin.__name__, (sort,), names)
        add(_Drained if sort is Drained else _Awaited, made)
    return made
