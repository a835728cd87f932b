"""Types of the standard library and numpy that are known by a state, which is compared in their place."""

from __future__ import annotations

import datetime
import decimal
import functools
import io
import operator
import pathlib
import random
import zoneinfo
from functools import partial
from typing import Any

import numpy as np

from perfkit.tree.registry import register

__all__: list[str] = []


def _moment_state(moment: Any) -> tuple[str, int, Any]:
    """The reading and the zone: an equal instant in another zone is another value."""
    return moment.replace(tzinfo=None).isoformat(), moment.fold, moment.tzinfo


def _moment(cls: Any, state: tuple[str, int, Any]) -> Any:
    reading, fold, zone = state
    return cls.fromisoformat(reading).replace(fold=fold, tzinfo=zone)


def _buffer(cls: Any, state: tuple[Any, int]) -> Any:
    buffer = cls(state[0])
    buffer.seek(state[1])
    return buffer


def _random(state: Any) -> random.Random:
    generator = random.Random()
    generator.setstate(state)
    return generator


def _bits(cls: Any, state: Any) -> Any:
    bits = cls(0)
    bits.state = state
    return bits


def _view_state(view: memoryview) -> tuple[bytes, str, tuple[int, ...], bool]:
    return view.tobytes(), view.format, view.shape or (), view.readonly


def _view(state: tuple[bytes, str, Any, bool]) -> memoryview:
    held, form, shape, readonly = state
    view = memoryview(held if readonly else bytearray(held))
    return view if (form, len(shape)) == ("B", 1) else view.cast(form, list(shape))  # type: ignore[call-overload]


def _called(getter: Any, arguments: tuple[Any, ...]) -> Any:
    return getter(*arguments)


register(range, lambda r: (r.start, r.stop, r.step), lambda state: range(*state))
register(slice, lambda s: (s.start, s.stop, s.step), lambda state: slice(*state))
register(decimal.Decimal, lambda d: tuple(d.as_tuple()), decimal.Decimal)  # 1.0 is not 1.00
register(datetime.date, datetime.date.toordinal, datetime.date.fromordinal)
register(datetime.timedelta, lambda d: (d.days, d.seconds, d.microseconds), lambda state: datetime.timedelta(*state))
register(datetime.timezone, lambda z: z.__getinitargs__(), lambda state: datetime.timezone(*state))
register(datetime.datetime, _moment_state, partial(_moment, datetime.datetime))
register(datetime.time, _moment_state, partial(_moment, datetime.time))
register(zoneinfo.ZoneInfo, lambda zone: zone.key, zoneinfo.ZoneInfo)
for _path in (pathlib.PurePosixPath, pathlib.PureWindowsPath, pathlib.PosixPath, pathlib.WindowsPath):
    register(_path, str, _path)
for _kept in (io.BytesIO, io.StringIO):
    register(_kept, lambda buffer: (buffer.getvalue(), buffer.tell()), partial(_buffer, _kept))
register(random.Random, random.Random.getstate, _random)
register(np.random.Generator, lambda generator: generator.bit_generator, np.random.Generator)
register(np.random.RandomState, lambda generator: generator._bit_generator, np.random.RandomState)
for _source in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64):
    register(_source, lambda bits: bits.state, partial(_bits, _source))
register(memoryview, _view_state, _view)
register(functools.partial, lambda p: (p.func, p.args, p.keywords), lambda s: functools.partial(s[0], *s[1], **s[2]))
for _getter in (operator.itemgetter, operator.attrgetter, operator.methodcaller):
    register(_getter, lambda getter: getter.__reduce__()[1], partial(_called, _getter))
register(type({}.keys()), dict.fromkeys, dict.keys)
register(type({}.values()), list, lambda values: dict(enumerate(values)).values())
register(type({}.items()), dict, dict.items)
