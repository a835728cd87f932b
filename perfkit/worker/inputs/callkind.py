"""What calls of one seam are like: how they differ, which objects last, which contracts their arrays keep.

From it the choice follows: to draw the arguments of its costliest kind of call, or to record them.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from perfkit.tree.kind import Kind
from perfkit.tree.registry import kind_of
from perfkit.worker.inputs.arguments import (
    ArgumentSpec,
    Fixed,
    OpsSlot,
    RandomArray,
    Recorded,
    coarse,
    is_plain,
    signature,
)
from perfkit.worker.inputs.content import digest, why_not_copied
from perfkit.worker.inputs.contracts import SURE, contracts

__all__ = ["CallKind", "Calls"]

_EXAMINED, _EXAMINED_EACH, _EXAMINED_NS = 100, 6, 250_000_000  # calls of a seam, of a kind, and for how long
_KINDS = 4096  # that are told apart
_FEW = 4  # values that a plain argument may take and still be a setting
_MANY = 64


@dataclass(slots=True)
class _Looks:
    """What examined calls show that are alike but for their plain arguments."""

    examined: int = 0
    contracts: dict[int, dict[str, float]] = field(default_factory=dict)  # by position: what all calls kept to
    obstacles: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class CallKind:
    """Calls of one signature. `spec` and `ids` are of the first one."""

    spec: ArgumentSpec
    coarse: tuple[str, ...]
    ids: tuple[int, ...]
    looks: _Looks
    elapsed_ns: int = 0
    calls: int = 0


@dataclass(slots=True)
class _Met:
    """An object that came as an argument."""

    get: Callable[[], Any]
    position: int
    content: bytes | None
    keeps_state: bool  # a dict, or an object of the program's own: what it holds is nobody else's business
    calls: int = 1
    changed: bool = False
    later: bool = False  # it came in a later run, too


class Calls:
    """All calls of one seam. The first run of the workload is examined; later ones show which objects last."""

    def __init__(self, ops_type: type, opaque: tuple[type, ...], read: Sequence[Any] = ()) -> None:
        self.kinds: dict[tuple[str, ...], CallKind] = {}
        self.written: set[int] = set()
        self._ops_type, self._opaque, self._read = ops_type, opaque, read
        self._looks: dict[tuple[str, ...], _Looks] = {}
        self._met: dict[int, _Met] = {}
        self._lasting: dict[int, Any] = {}
        self._examined = self._examined_ns = 0
        self._first_run = True

    def next_run(self) -> None:
        """What follows is called on another input of the workload."""
        self._first_run = not self.kinds

    def before(self, args: tuple[Any, ...]) -> tuple[CallKind, dict[int, bytes | None]]:
        """Note the arguments of a call that is about to be made; `after` takes what this gives."""
        key = signature(args)
        kind = self.kinds.get(key)
        if kind is None and len(self.kinds) >= _KINDS:
            key = coarse(args)
            kind = self.kinds.get(key)
        if kind is None:
            spec = ArgumentSpec.of(args, self._ops_type, self._opaque, self._read)
            alike = self._looks.setdefault(_without(key, _plain(spec)), _Looks())
            kind = self.kinds[key] = CallKind(spec, coarse(args), tuple(map(id, args)), alike)
        if not self._to_examine(kind):
            for value in args:
                known = self._met.get(id(value))
                if known is not None and known.get() is value:
                    known.calls += 1
                    known.later |= not self._first_run
            return kind, {}
        return kind, self._examine(kind, args)

    def after(self, noted: tuple[CallKind, dict[int, bytes | None]], args: tuple[Any, ...], elapsed_ns: int) -> None:
        """The call is over."""
        kind, contents = noted
        kind.elapsed_ns += elapsed_ns
        kind.calls += 1
        for position, content in contents.items():
            if content is not None and digest(args[position]) != content:
                self.written.add(position)
                self._met[id(args[position])].changed = True

    def spec(self, *, reused: bool, consumes: Sequence[int] = ()) -> ArgumentSpec | None:
        """The arguments of the costliest kind of call; None without a call. A recording is for others to add.

        `reused`: its plain arguments recur, so that one of their values is as good as any.
        """
        if not self.kinds:
            return None
        key, kind = max(self.kinds.items(), key=lambda item: item[1].elapsed_ns)
        lasting = self.lasting()
        parts = tuple(
            Fixed(lasting[number]) if number in lasting else part
            for part, number in zip(kind.spec.parts, kind.ids, strict=True)
        )
        drawn = replace(kind.spec, parts=parts)
        if not drawn.draws and any(isinstance(part, RandomArray) for part in kind.spec.parts):
            drawn, parts = kind.spec, kind.spec.parts  # its inputs are always the same ones
        odd = any(
            isinstance(part, Recorded) or (isinstance(part, RandomArray) and self._keeps(kind, position))
            for position, part in enumerate(parts)
        )
        varies = not reused and self._varies(key, drawn=any(isinstance(p, RandomArray) for p in parts))
        return self._recorded(consumes) if odd or varies or self.written - set(consumes) else drawn

    def wanted(self) -> Callable[[tuple[Any, ...]], bool]:
        """Which calls are of the kind that is recorded."""
        settings = self._settings()
        costliest = self._costliest()
        chosen = tuple(next(key for key, kind in self.kinds.items() if kind is costliest)[p] for p in settings)

        def is_wanted(args: tuple[Any, ...]) -> bool:
            if coarse(args) != costliest.coarse:
                return False
            return not settings or tuple(signature(tuple(args[p] for p in settings))) == chosen

        return is_wanted

    def lasting(self) -> dict[int, Any]:
        """By id: objects that came in several runs and are what they were, such as weights."""
        for number, met in self._met.items():
            value = met.get()
            if number not in self._lasting and met.later and not met.changed and met.content and value is not None:
                met.changed = digest(value) != met.content
                if not met.changed:
                    self._lasting[number] = value
        return self._lasting

    def _to_examine(self, kind: CallKind) -> bool:
        if not self._examined:
            return True
        some = self._examined < _EXAMINED and self._examined_ns < _EXAMINED_NS and kind.looks.examined < _EXAMINED_EACH
        return some and self._first_run

    def _examine(self, kind: CallKind, args: tuple[Any, ...]) -> dict[int, bytes | None]:
        start = time.perf_counter_ns()
        contents: dict[int, bytes | None] = {}
        looks = kind.looks
        for position, (part, value) in enumerate(zip(kind.spec.parts, args, strict=True)):
            if isinstance(part, OpsSlot | Fixed):
                continue
            array = part.as_array(value) if isinstance(part, RandomArray) else None
            if array is not None:
                found, before = contracts(array), looks.contracts.get(position)
                looks.contracts[position] = (
                    found if before is None else {name: found[name] + n for name, n in before.items() if name in found}
                )
            elif not looks.examined:
                looks.obstacles[position] = why_not_copied(value, self._ops_type, f"argument {position + 1}")
            contents[position] = None if looks.obstacles.get(position) else digest(value)
            self._meet(position, value, contents[position])
        looks.examined += 1
        self._examined += 1
        self._examined_ns += time.perf_counter_ns() - start
        return contents

    def _meet(self, position: int, value: Any, content: bytes | None) -> None:
        known = self._met.get(id(value))
        if known is not None and known.get() is value:
            known.calls += 1
            known.changed |= known.content != content
            known.content = content
            return
        try:
            get: Callable[[], Any] = weakref.ref(value)
        except TypeError:  # a list, say: it is kept, so that its id stays its own
            get = lambda: value  # noqa: E731
        keeps_state = isinstance(value, dict) or type(kind_of(type(value))) is Kind
        self._met[id(value)] = _Met(get, position, content, keeps_state)

    def _keeps(self, kind: CallKind, position: int) -> bool:
        return any(surprise >= SURE for surprise in kind.looks.contracts.get(position, {}).values())

    def _varies(self, key: tuple[str, ...], *, drawn: bool) -> bool:
        """Whether plain arguments differ among calls that are alike in all others, as what is worked on does."""
        plain = _plain(self.kinds[key].spec)
        rest = _without(key, plain)
        alike = {k: kind.calls for k, kind in self.kinds.items() if len(k) == len(key) and _without(k, plain) == rest}
        different, calls = len(alike), sum(alike.values())
        if different < 2 or not plain:
            return False
        return not drawn or 2 * different > calls or (different > _MANY and 4 * different > calls)

    def _settings(self) -> list[int]:
        """Positions of plain arguments that take few values, and each of them often."""
        costliest = self._costliest().coarse
        alike = {key: kind for key, kind in self.kinds.items() if kind.coarse == costliest}
        calls = sum(kind.calls for kind in alike.values())
        found = []
        for position in _plain(next(iter(alike.values())).spec):
            different = len({key[position] for key in alike})
            if different <= _FEW and 2 * different <= calls:
                found.append(position)
        return found

    def _costliest(self) -> CallKind:
        """The costliest call of the kind that cost most, whatever its sizes and plain values."""
        total_ns: dict[tuple[str, ...], int] = {}
        for kind in self.kinds.values():
            total_ns[kind.coarse] = total_ns.get(kind.coarse, 0) + kind.elapsed_ns
        most = max(total_ns, key=lambda key: total_ns[key])
        return max((k for k in self.kinds.values() if k.coarse == most), key=lambda k: k.elapsed_ns)

    def _recorded(self, consumes: Sequence[int]) -> ArgumentSpec:
        kind = self._costliest()
        lasting, settings = self.lasting(), self._settings()
        parts: list[Any] = []
        for position, (part, number) in enumerate(zip(kind.spec.parts, kind.ids, strict=True)):
            if number in lasting:
                part = Fixed(lasting[number])
            elif isinstance(part, RandomArray) or (
                isinstance(part, Fixed) and is_plain(part.value) and position not in settings
            ):
                part = Recorded(kind.coarse[position])
            if isinstance(part, Recorded):
                obstacle = kind.looks.obstacles.get(position) or self._state(position, part.kind)
                if obstacle:
                    return replace(kind.spec, parts=(), obstacle=obstacle)
            parts.append(part)
        return replace(kind.spec, parts=tuple(parts), written=frozenset(self.written - set(consumes)))

    def _state(self, position: int, name: str) -> str:
        """Why an object that changes from call to call is not copied: another variant may keep other things in it."""
        if any(m.position == position and m.changed and m.calls > 1 and m.keeps_state for m in self._met.values()):
            return f"argument {position + 1} is a {name} that holds what earlier calls have left in it"
        return ""


def _plain(spec: ArgumentSpec) -> list[int]:
    return [p for p, part in enumerate(spec.parts) if isinstance(part, Fixed) and is_plain(part.value)]


def _without(key: tuple[str, ...], positions: Sequence[int]) -> tuple[str, ...]:
    return tuple(word for p, word in enumerate(key) if p not in positions)
