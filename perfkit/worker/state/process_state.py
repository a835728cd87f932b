"""What all code of one process shares, and a recipe must leave as it found it.

A recipe that switches flush-to-zero on, changes the folder or pins torch's threads changes the baseline beside it
too: the comparison would be of something else, and so would the user's program.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Iterator
from typing import Any

from perfkit.worker.state import origin
from perfkit.worker.state.library_state import DEAR_OF_LIBRARIES, OF_LIBRARIES
from perfkit.worker.state.python_state import DEAR, OF_THE_PROCESS, State
from perfkit.worker.state.streams import DESCRIPTORS, STREAMS
from perfkit.worker.state.thread_pools import POOLS
from perfkit.worker.state.torch_state import DEAR_OF_TORCH, TORCH, torch_is_there

__all__ = [
    "allowed",
    "change",
    "changes",
    "forget_allowed",
    "restore",
    "settle",
    "snapshot",
    "snapshot_closely",
    "snapshot_quick",
]

_MODULES = "modules"  # how many there were: not a state, but what tells an import
_ALWAYS = (*OF_THE_PROCESS, STREAMS, DESCRIPTORS, *OF_LIBRARIES)
_CLOSELY = (*DEAR, DEAR_OF_TORCH, *DEAR_OF_LIBRARIES)
_STATES = {state.name: state for state in (*_ALWAYS, *TORCH, POOLS, *_CLOSELY)}
# some ten microseconds each: not looked at around every sample
_SELDOM = {"a limit of the process", "how numpy prints arrays", "torch's gradients on several threads", POOLS.name}
_SELDOM.add(DESCRIPTORS.name)
_OFTEN = tuple(state for state in _ALWAYS if state.name not in _SELDOM)
_OFTEN_WITH_TORCH = (*_OFTEN, *(state for state in TORCH if state.name not in _SELDOM))
_RARELY = tuple(state for state in (*_ALWAYS, POOLS) if state.name in _SELDOM)
_RARELY_WITH_TORCH = tuple(state for state in (*_ALWAYS, *TORCH, POOLS) if state.name in _SELDOM)
_allowed: set[str] = set()


def snapshot() -> dict[str, Any]:
    """The state by name. Takes about 60 microseconds; a library's is there once it has been imported."""
    return snapshot_quick() | _seldom()


def snapshot_quick() -> dict[str, Any]:
    """Most of it, in about 20 microseconds."""
    found = {state.name: state.read() for state in (_OFTEN_WITH_TORCH if torch_is_there() else _OFTEN)}
    found[_MODULES] = len(sys.modules)
    return found


def snapshot_closely() -> dict[str, Any]:
    """What takes a millisecond to find out, by name, and what `snapshot_quick` passes over."""
    return {state.name: state.read() for state in _CLOSELY} | _seldom() | {_MODULES: len(sys.modules)}


def _seldom() -> dict[str, Any]:
    return {state.name: state.read() for state in (_RARELY_WITH_TORCH if torch_is_there() else _RARELY)}


def changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(name, words) of what is no longer as it was, but for what libraries set when they are first imported."""
    imported = _imported(before, after)
    for name, state, words in _differing(before, after):
        if not (imported and state.by_imports):
            yield name, words


def change(before: dict[str, Any], after: dict[str, Any]) -> str:
    """The first change of what the baseline leaves alone, in words; empty when there is none."""
    return next((words for name, words in changes(before, after) if name not in _allowed), "")


def settle(before: dict[str, Any], after: dict[str, Any], *, baseline: bool) -> str:
    """After a step: what it has changed though the baseline leaves it alone, in words; it is put back.

    What the baseline changes is allowed from then on. What libraries set when they are imported is undone where they
    can do without, so that whoever sets it again is seen.
    """
    changed = list(changes(before, after))
    if baseline:
        _allowed.update(name for name, _ in changed)
        return ""
    if _imported(before, after):
        _restore(before, [state for _, state, _ in _differing(before, after) if state.by_imports == "undone"])
    words = next((words for name, words in changed if name not in _allowed), "")
    if words:
        restore(before)
    return words


def restore(before: dict[str, Any]) -> None:
    """Restore what can be restored, for the code that comes after."""
    after = snapshot_closely() if _CLOSELY[0].name in before else snapshot()
    _restore(before, [state for _, state, _ in _differing(before, after)])


def allowed() -> tuple[str, ...]:
    """What the baseline has changed, by name."""
    return tuple(sorted(_allowed))


def forget_allowed() -> None:
    """Another target, another baseline."""
    _allowed.clear()


def _restore(before: dict[str, Any], states: list[State]) -> None:
    for state in states:
        # what was lowered for good stays so, and a folder may have gone: then the next is still worth a try
        with contextlib.suppress(OSError, ValueError, TypeError, RuntimeError, AttributeError, KeyError):
            state.restore(before[state.name])


def _differing(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, State, str]]:
    for name, old in before.items():
        new = after.get(name, old)
        if new is old or name == _MODULES or new == old:
            continue
        state = _STATES[name]
        words = state.tell(old, new)
        if words:
            yield name, state, f"{name} {words}"


def _imported(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether a library was imported in between; a recipe's own files are none."""
    count = after.get(_MODULES, 0) - before.get(_MODULES, 0)
    if count <= 0 or _MODULES not in before:
        return False
    return any(not origin.is_of_a_catalogue(name) for name in itertools.islice(reversed(sys.modules), count))
