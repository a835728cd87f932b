"""Consume what a call gives, where that is not there yet: an iterator, a coroutine, a future, a query.

Nobody is served by a generator that was never asked for its items; so it is drained before the clock stops, in every
role alike. Where nothing of the kind is found nothing is added to the call: what a role is called by is chosen once a
walk, outside the clock, by what untimed calls of all roles have given until then.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
import types
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np

from perfkit.tree.containers import is_container
from perfkit.tree.difference import Difference, other_type, placed
from perfkit.tree.kind import Kind, UnknownType, is_lazy, kind_of, waits_by
from perfkit.tree.later import Awaited, Drained, given_by
from perfkit.tree.walk import copy

__all__ = ["Consumer", "Endless", "Lateness", "call", "other_sort"]

_CHUNK = 65_536
_MOST_ITEMS, _MOST_BYTES = 2**22, 2**32  # of one iterator: more is taken for endless
_DEEPEST = 100  # levels down which something lazy is looked for
_ENDS = frozenset((int, float, complex, bool, str, bytes, type(None)))
_UNMISTAKABLE = (  # nobody keeps these for a purpose of his own in an object that is not all output
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    map,
    filter,
    zip,
)


class Endless(Exception):
    """An iterator that gives more than any caller takes."""


@dataclasses.dataclass(slots=True)
class Lateness:
    """What of a workload or seam is not there when its calls return, as all roles of one process have shown it."""

    top: bool = False  # the output itself
    deep: bool = False  # something in the output, or in what it gives
    reused: bool = False  # items that change when the next is asked for: the clock runs on while they are copied
    returns: bool = False  # generators that return a value

    @property
    def found(self) -> bool:
        """Whether anything must be consumed."""
        return self.top or self.deep


class Consumer:
    """One role's function, and the ways to call it. `everything`: all of the output counts, whatever it is in."""

    def __init__(self, function: Callable[..., Any], known: Lateness, *, everything: bool) -> None:
        self._function = function
        self._known = known
        self._everything = everything
        self._looked = False
        self._loop: Any = None

    @property
    def timed(self) -> Callable[..., Any]:
        """What the clock runs: the function itself wherever that will do. The first time it looks at what is given."""
        if not self._looked:
            self._looked = True
            return self.once
        if self._known.deep:
            return self._all_consumed
        return self._top_consumed if self._known.top else self._function

    def once(self, *arguments: Any) -> Any:
        """An untimed call: items are copied as they come, since the next may take their place."""
        return self.there(self._function(*arguments))

    def there(self, output: Any) -> Any:
        """An output with all of it there; notes what had to be consumed for that. For outside of the clock."""
        return _Pass(self, copies=True).over(output, top=True)

    def _top_consumed(self, *arguments: Any) -> Any:
        output = self._function(*arguments)
        way, known = _consumed_by(type(output)), self._known
        if way == "iterate" and not (known.reused or known.returns):  # as little as it takes
            items = _listed(_iterator(output))
            return given_by(Drained, type(output))(items, items)
        return _Pass(self).given(output) if way else output

    def _all_consumed(self, *arguments: Any) -> Any:
        return _Pass(self, deep=True).over(self._function(*arguments), top=True)

    def run(self, coroutine: Any) -> Any:
        """Run a coroutine to its end, on an event loop that this role keeps."""
        if self._loop is None:
            import asyncio

            self._loop = asyncio.new_event_loop()
            weakref.finalize(self, self._loop.close)
        return self._loop.run_until_complete(coroutine)

    def awaited(self, value: Any) -> Any:
        """The result of something to await. A future belongs to a loop already."""
        loop = getattr(value, "_loop", None) if hasattr(value, "_asyncio_future_blocking") else None
        return self.run(_awaited(value)) if loop is None else loop.run_until_complete(value)


@dataclasses.dataclass(slots=True)
class _Pass:
    """Once over one output. `copies`: look for everything, and note it; the clock's passes only do what is known."""

    owner: Consumer
    copies: bool = False
    deep: bool = False
    met: dict[int, Any] = dataclasses.field(default_factory=dict)

    def over(self, value: Any, *, top: bool = False, depth: int = 0) -> Any:
        """`value`, or what stands for it once all that is lazy in it is consumed."""
        cls = type(value)
        if cls in _ENDS or depth > _DEEPEST:
            return value
        if _consumed_by(cls):
            if self.copies:
                known = self.owner._known
                known.top, known.deep = known.top or top, known.deep or not top
            return self.given(value, depth)
        kind = kind_of(cls)
        if kind is None or type(kind) is Kind:
            self._looked_at(value, cls)
        if kind is None or not _held_in(kind, value):
            return value
        if id(value) not in self.met:
            self.met[id(value)] = value  # what holds itself ends here
            self.met[id(value)] = self._rebuilt(kind, value, depth)
        return self.met[id(value)]

    def given(self, value: Any, depth: int = 0) -> Any:
        """What something lazy gives."""
        origin, how = type(value), _consumed_by(type(value))
        if how == "iterate":
            return self._drained(value, origin, depth)
        if how == "iterate later":
            in_turn = self.copies or self.owner._known.reused
            items = _in_turn(value, self.owner.run) if in_turn else iter(self.owner.run(_collected(value)))
            return self._drained(items, origin, depth)
        result = self.owner.awaited(value) if how == "await" else _waited(value, how)
        if self.copies or self.deep:
            result = self.over(result, depth=depth + 1)
        return given_by(Awaited, origin)(result)

    def _drained(self, iterator: Any, origin: type, depth: int) -> Any:
        known, made = self.owner._known, given_by(Drained, origin)
        iterator = _iterator(iterator)
        if self.copies:
            items, given, result = self._copied(iterator, depth)
            drained = made(items, given, result=result)
            known.returns |= result is not None
            known.reused |= not drained.stay
            return drained
        returned: list[Any] = []
        if known.returns and origin is types.GeneratorType:
            iterator = _returning(iterator, returned)
        items = _listed(map(_own_copy, iterator) if known.reused else iterator)
        if self.deep and not _ENDS.issuperset(map(type, items)):
            items = [self.over(item, depth=depth + 1) for item in items]
        return made(items, items, result=returned[0] if returned else None, stay=not known.reused)

    def _copied(self, iterator: Any, depth: int) -> tuple[list[Any], list[Any], Any]:
        items: list[Any] = []
        given: list[Any] = []
        returned: list[Any] = []
        if isinstance(iterator, types.GeneratorType):
            iterator = _returning(iterator, returned)
        for item in iterator:
            item = self.over(item, depth=depth + 1)
            given.append(item)
            items.append(_own_copy(item))
            if len(given) % _CHUNK == 0 or len(given).bit_count() == 1:  # a few may fill the memory
                _check_end(given)
        return items, given, returned[0] if returned else None

    def _rebuilt(self, kind: Kind, value: Any, depth: int) -> Any:
        """The same value with its parts consumed; itself where none of them is lazy."""
        items = kind.items(value)
        fields = kind.fields(value) if kind.has_fields else {}
        if _ENDS.issuperset(map(type, items)) and _ENDS.issuperset(map(type, fields.values())):
            return value
        new = [self.over(item, depth=depth + 1) for item in items]
        kept = fields if self.owner._everything or _is_record(value) else _unmistakable(fields)
        fresh = {name: self.over(field, depth=depth + 1) for name, field in kept.items()}
        same = all(a is b for a, b in zip(items, new, strict=True)) and all(fresh[n] is kept[n] for n in fresh)
        if same:
            return value
        made = kind.fill(kind.shell(value), value, new)
        for name, field in {**fields, **fresh}.items():
            kind.set_field(made, name, field)
        return made

    def _looked_at(self, value: Any, cls: type) -> None:
        """Have a stand-in of an array compute what it stands for; where the output itself counts, its fields do."""
        if not self.owner._everything and _stands_in(cls):
            self.owner._known.deep |= self.copies
            with suppress(TypeError, ValueError, RuntimeError):  # `observe` then reads it in another way
                np.asarray(value)


def call(subject: Any, argument: Any) -> Any:
    """One untimed call of a subject, with what it gives consumed. A subject that has no `once` gives nothing lazy."""
    function = getattr(subject, "once", None) or subject.invoke
    return function(*argument) if subject.star else function(argument)


_ways: dict[Any, str] = {}  # by type


def _consumed_by(cls: Any) -> str:
    """How a value of this type is consumed: "iterate", "iterate later", "await" or a method; "" where none need be."""
    way = _ways.get(cls)
    if way is None:
        way = _ways[cls] = _way(cls)
    return way


def _way(cls: type) -> str:
    if kind_of(cls) is not None or not is_lazy(cls):
        return ""
    if hasattr(cls, "__await__"):
        return "await"
    return waits_by(cls) or ("iterate" if hasattr(cls, "__next__") else "iterate later")


def _stands_in(cls: type) -> bool:
    """Whether it can be read as an array, and is none of a library's whose arrays hold what they show."""
    if not hasattr(cls, "__array__"):
        return False
    return all(kind_of(base) is None or type(kind_of(base)) is Kind for base in cls.__mro__[1:-1])


def _computes(cls: type) -> bool:
    """Whether looking at an attribute may run code of the program's."""
    if hasattr(cls, "__getattr__") or hasattr(cls, "__torch_function__") or _stands_in(cls):
        return True
    parts = [part for base in cls.__mro__[:-1] for part in vars(base).values()]
    return any(isinstance(part, property | functools.cached_property) for part in parts)


def other_sort(expected: Any, got: Any) -> Difference | None:
    """The difference between two raw outputs of which the second may compute only when it is looked at.

    An `observe` would have it do so outside of the clock. Data of another type is the target's own affair.
    """
    kind = kind_of(type(got))
    if type(expected) is type(got) or (kind is not None and not (type(kind) is Kind and _computes(type(got)))):
        return None
    return placed(other_type(expected, got), "output")


def _held_in(kind: Kind, value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "O")
    return is_container(kind) or (type(kind) is Kind and kind.has_fields)


def _is_record(value: Any) -> bool:
    return dataclasses.is_dataclass(value) or isinstance(value, tuple)


def _unmistakable(fields: dict[str, Any]) -> dict[str, Any]:
    sure = {name: f for name, f in fields.items() if isinstance(f, _UNMISTAKABLE) or waits_by(type(f))}
    return sure


def _own_copy(item: Any) -> Any:
    if type(item) is np.ndarray and item.dtype.kind != "O":
        return item.copy()  # a hundredth of what the walk takes
    try:
        return copy(item)
    except UnknownType:  # which a target's `observe` may know what to do with
        return item


def _returning(generator: Any, returned: list[Any]) -> Iterator[Any]:
    """The same items, and at the end what the generator returns."""
    returned.append((yield from generator))


def _iterator(value: Any) -> Any:
    return value if hasattr(type(value), "__iter__") else iter(functools.partial(next, value), object())


def _listed(iterator: Any) -> list[Any]:
    items = list(islice(iterator, _CHUNK))
    while len(items) and len(items) % _CHUNK == 0:
        _check_end(items)
        before = len(items)
        items.extend(islice(iterator, _CHUNK))
        if len(items) == before:
            break
    return items


def _check_end(items: list[Any]) -> None:
    size = getattr(items[-1], "nbytes", None) or sys.getsizeof(items[-1])
    if len(items) >= _MOST_ITEMS or size * len(items) > _MOST_BYTES:
        raise _endless(len(items))


def _endless(count: int) -> Endless:
    return Endless(f"gives items without end ({count:,} so far): let the workload's call take those that count")


def _in_turn(source: Any, run: Callable[[Any], Any]) -> Iterator[Any]:
    """The items of an asynchronous iterator."""
    end = object()
    while (item := run(_next(source, end))) is not end:
        yield item


async def _collected(source: Any) -> list[Any]:
    items = []
    async for item in source:
        items.append(item)
        if len(items) % _CHUNK == 0:
            _check_end(items)
    return items


async def _next(source: Any, end: Any) -> Any:
    return await anext(source, end)


async def _awaited(value: Any) -> Any:
    return await value


def _waited(value: Any, method: str) -> Any:
    return getattr(value, method)()
