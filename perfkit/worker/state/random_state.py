"""The global generators of random numbers: set alike before every compared call, and watched while it runs.

A target that draws from one then equals itself. Where the baseline leaves one alone, so must a candidate: whoever
draws from it afterwards would get other numbers than without the recipe.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from perfkit import schedule

__all__ = [
    "changed_by",
    "draws",
    "forget",
    "in_words",
    "kept",
    "moved",
    "moved_since",
    "reminder",
    "set_generators",
    "set_if_drawn",
    "watched",
]

_PYTHON, _NUMPY, _TORCH = "Python's global generator", "numpy's global generator", "torch's global generator"
_BITS = 32  # what numpy takes for a seed

_drawn: set[str] = set()  # by the baseline
_last: dict[str, Any] = {}  # as they were set last


def set_generators(key: object) -> None:
    """Set them from a key, equal keys alike. Takes about 20 microseconds."""
    seed = schedule.stream(0, "generators", key) % 2**_BITS
    random.seed(seed)
    np.random.seed(seed)
    torch = _torch()
    if torch is not None:
        torch.default_generator.manual_seed(seed)
    _last.clear()
    _last.update(_states())


def set_if_drawn(key: object) -> None:
    """Set them where the baseline draws from one."""
    if _drawn:
        set_generators(key)


def moved() -> list[str]:
    """Those that are no longer as `set_generators` left them."""
    now = _states()
    return [name for name, state in _last.items() if not _same(state, now[name])]


def moved_since() -> list[str]:
    """As `moved`, while nobody compares: layers may draw their first weights from torch's."""
    return [name for name in moved() if name not in _drawn and name != _TORCH]


@contextmanager
def watched(key: object, *, baseline: bool) -> Iterator[list[str]]:
    """Set them from a key around one call; afterwards the list names those that only a candidate has moved."""
    set_generators(key)
    found: list[str] = []
    yield found
    if baseline:
        _drawn.update(moved())
    else:
        found += [name for name in moved() if name not in _drawn]


def draws() -> bool:
    """Whether the baseline draws from one of them."""
    return bool(_drawn)


def reminder() -> str:
    """Where the baseline draws from a generator, that it does: a difference may come from another use of it."""
    return f" (which draws from {' and '.join(sorted(_drawn))})" if _drawn else ""


def forget() -> None:
    """Another target, another baseline."""
    _drawn.clear()
    _last.clear()


def changed_by(work: Callable[[], Any], *, seeds_only: bool = False) -> tuple[Any, list[str]]:
    """What some work gives, and the generators that it moves.

    `seeds_only`: drawing from torch's is no change, because every layer that is made draws its first weights there.
    """
    before, seeded = _states(), _torch_seed()
    done = work()
    now = _states()
    found = [name for name, state in before.items() if not _same(state, now[name])]
    if seeds_only and seeded == _torch_seed():
        found = [name for name in found if name != _TORCH]
    return done, found


@contextmanager
def kept() -> Iterator[None]:
    """Put them back afterwards."""
    before = _states()
    try:
        yield
    finally:
        random.setstate(before[_PYTHON])
        np.random.set_state(before[_NUMPY])
        if _TORCH in before:
            sys.modules["torch"].set_rng_state(before[_TORCH])


def in_words(names: Sequence[str]) -> str:
    """What is wrong with moving them."""
    return f"changes the state of {' and of '.join(names)}, which the baseline leaves alone"


def _states() -> dict[str, Any]:
    found: dict[str, Any] = {_PYTHON: random.getstate(), _NUMPY: np.random.get_state(legacy=False)}
    torch = _torch()
    if torch is not None:
        found[_TORCH] = torch.get_rng_state()
    return found


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):  # numpy's: the numbers, and where in them it stands
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    return bool(one.equal(other)) if hasattr(one, "equal") else bool(one == other)


def _torch() -> Any:
    torch = sys.modules.get("torch")
    return torch if hasattr(torch, "default_generator") else None


def _torch_seed() -> Any:
    torch = _torch()
    return None if torch is None else torch.initial_seed()
