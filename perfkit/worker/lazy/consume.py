"""Consume what a call gives, where that is not there yet: an iterator, a coroutine, a future, a query.

Nobody is served by a generator that was never asked for its items; so it is drained before the clock stops, in every
role alike. Where nothing of the kind is found nothing is added to the call: what a role is called by is chosen once a
walk, outside the clock, by what untimed calls of all roles have given until then.
"""

from __future__ import annotations

import dataclasses
import types
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from perfkit.tree.kind import Kind
from perfkit.tree.later import Awaited, Drained, given_by
from perfkit.tree.lazy import waits_by
from perfkit.tree.plain import plain_ends
from perfkit.tree.registry import kind_of
from perfkit.worker.device.protocol import Device
from perfkit.worker.device.waiting import check_waited_for
from perfkit.worker.lazy.drain import (
    check_end,
    collected,
    consumed_by,
    in_turn,
    iterator_of,
    listed,
    own_copy,
    returning,
    to_await,
    waited,
)
from perfkit.worker.lazy.standin import stands_in

__all__ = ["Consumer", "Lateness", "call"]

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


@dataclasses.dataclass(slots=True, weakref_slot=True)
class Lateness:
    """What of a workload or seam is not there when its calls return, as all roles of one process have shown it."""

    top: bool = False  # the output itself
    deep: bool = False  # something in the output, or in what it gives
    reused: bool = False  # items that change when the next is asked for: the clock runs on while they are copied
    returns: bool = False  # generators that return a value
    loop: Any = None  # that coroutines of all roles run on: what a program keeps may belong to one
    device: Device | None = None  # that calls give their work to, and that is waited for

    def flags(self) -> dict[str, bool]:
        """What is known, without the loop and the device."""
        return {"top": self.top, "deep": self.deep, "reused": self.reused, "returns": self.returns}


class Consumer:
    """One role's function, and the ways to call it. `everything`: all of the output counts, whatever it is in."""

    def __init__(self, function: Callable[..., Any], known: Lateness, *, everything: bool) -> None:
        self._function = function
        self._known = known
        self._everything = everything
        self._looked = False

    @property
    def timed(self) -> Callable[..., Any]:
        """What the clock runs: the function itself wherever that will do. The first time it looks at what is given."""
        if not self._looked:
            self._looked = True
            return self.once
        if self._known.deep:
            return self._all_consumed
        return self._top_consumed if self._known.top else self._function

    @property
    def known(self) -> Lateness:
        """What is known of its calls."""
        return self._known

    def ready(self) -> Callable[..., Any]:
        """What the clock runs, without a look at first; a loop to wait on is there where one is needed."""
        self._looked = True
        if self._known.top or self._known.deep:
            self.run(_no_time())
        return self.timed

    def once(self, *arguments: Any) -> Any:
        """An untimed call: items are copied as they come, since the next may take their place."""
        device = self._known.device
        if device is None:
            there = self.there(self._function(*arguments))
            check_waited_for(there)
            return there
        device.poison()  # with what the baseline has just given there an allocation would be a result
        output = self._function(*arguments)
        device.synchronise()
        return self.there(output)

    def there(self, output: Any) -> Any:
        """An output with all of it there; notes what had to be consumed for that. For outside of the clock."""
        return _Pass(self, copies=True).over(output, top=True)

    def _top_consumed(self, *arguments: Any) -> Any:
        output = self._function(*arguments)
        way, known = consumed_by(type(output)), self._known
        if way == "iterate" and not (known.reused or known.returns):  # as little as it takes
            items = listed(iterator_of(output))
            return given_by(Drained, type(output))(items, items)
        return _Pass(self).given(output) if way else output

    def _all_consumed(self, *arguments: Any) -> Any:
        return _Pass(self, deep=True).over(self._function(*arguments), top=True)

    def run(self, coroutine: Any) -> Any:
        """Run a coroutine to its end, on an event loop that all roles of the process share."""
        known = self._known
        if known.loop is None:
            import asyncio

            known.loop = asyncio.new_event_loop()
            weakref.finalize(known, known.loop.close)
        return known.loop.run_until_complete(coroutine)

    def awaited(self, value: Any) -> Any:
        """The result of something to await. A future belongs to a loop already."""
        loop = getattr(value, "_loop", None) if hasattr(value, "_asyncio_future_blocking") else None
        return self.run(to_await(value)) if loop is None else loop.run_until_complete(value)


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
        if cls in _ENDS or depth > _DEEPEST or (cls in (list, tuple) and plain_ends(value) is not None):
            return value
        if consumed_by(cls):
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
        origin, how = type(value), consumed_by(type(value))
        if how == "iterate":
            return self._drained(value, origin, depth)
        if how == "iterate later":
            one_by_one = self.copies or self.owner._known.reused
            items = in_turn(value, self.owner.run) if one_by_one else iter(self.owner.run(collected(value)))
            return self._drained(items, origin, depth)
        result = self.owner.awaited(value) if how == "await" else waited(value, how)
        if self.copies or self.deep:
            result = self.over(result, depth=depth + 1)
        return given_by(Awaited, origin)(result)

    def _drained(self, iterator: Any, origin: type, depth: int) -> Any:
        known, made = self.owner._known, given_by(Drained, origin)
        iterator = iterator_of(iterator)
        if self.copies:
            items, given, result = self._copied(iterator, depth)
            drained = made(items, given, result=result)
            known.returns |= result is not None
            known.reused |= not drained.stay
            return drained
        returned: list[Any] = []
        if known.returns and origin is types.GeneratorType:
            iterator = returning(iterator, returned)
        items = listed(map(own_copy, iterator) if known.reused else iterator)
        if self.deep and not _ENDS.issuperset(map(type, items)):
            items = [self.over(item, depth=depth + 1) for item in items]
        return made(items, items, result=returned[0] if returned else None, stay=not known.reused)

    def _copied(self, iterator: Any, depth: int) -> tuple[list[Any], list[Any], Any]:
        items: list[Any] = []
        given: list[Any] = []
        returned: list[Any] = []
        if isinstance(iterator, types.GeneratorType):
            iterator = returning(iterator, returned)
        for item in iterator:
            item = self.over(item, depth=depth + 1)
            given.append(item)
            items.append(own_copy(item))
            if len(given).bit_count() == 1 or len(given) % 4096 == 0:  # a few may fill the memory
                check_end(given)
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
        if not self.owner._everything and stands_in(cls):
            self.owner._known.deep |= self.copies
            with suppress(TypeError, ValueError, RuntimeError):  # `observe` then reads it in another way
                np.asarray(value)


def call(subject: Any, argument: Any) -> Any:
    """One untimed call of a subject, with what it gives consumed. A subject that has no `once` gives nothing lazy."""
    function = getattr(subject, "once", None) or subject.invoke
    return function(*argument) if subject.star else function(argument)


async def _no_time() -> None:
    """Nothing to wait for."""


def _held_in(kind: Kind, value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return bool(value.dtype.kind == "O")
    return kind.container or (type(kind) is Kind and kind.has_fields)


def _is_record(value: Any) -> bool:
    return dataclasses.is_dataclass(value) or isinstance(value, tuple)


def _unmistakable(fields: dict[str, Any]) -> dict[str, Any]:
    sure = {name: f for name, f in fields.items() if isinstance(f, _UNMISTAKABLE) or waits_by(type(f))}
    return sure
