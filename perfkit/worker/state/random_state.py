"""The global generators of random numbers: set alike before every compared call, and watched while it runs.

A target that draws from one then equals itself. Where the baseline leaves one alone, so must a candidate: whoever
draws from it afterwards would get other numbers than without the recipe.
"""

from __future__ import annotations

import ctypes
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from perfkit import schedule

__all__ = [
    "apart",
    "changed_by",
    "drawn_from",
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
_CUDA = "torch's global generator of the GPU"
_OF_TORCH = (_TORCH, _CUDA)
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
        if (cuda := _cuda()) is not None:
            cuda.manual_seed(seed)
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


def drawn_from() -> dict[str, Any]:
    """Those that the baseline draws from, as they are now."""
    return {name: state for name, state in _states().items() if name in _drawn} if _drawn else {}


def apart(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Those that stand elsewhere in one of two `drawn_from`; none where a baseline was not known to draw from it."""
    return [name for name, state in one.items() if name in other and not _same(state, other[name])]


def moved_since() -> list[str]:
    """As `moved`, while nobody compares: layers may draw their first weights from torch's."""
    return [name for name in moved() if name not in _drawn and name not in _OF_TORCH]


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
    before, seeded = _states(exactly=True), _torch_seed()
    done = work()
    now = _states(exactly=True)
    found = [name for name, state in before.items() if not _same(state, now[name])]
    if seeds_only and seeded == _torch_seed():
        found = [name for name in found if name not in _OF_TORCH]
    return done, found


@contextmanager
def kept() -> Iterator[None]:
    """Put them back afterwards."""
    before, of_numpy = _states(), np.random.get_state(legacy=False)
    try:
        yield
    finally:
        random.setstate(before[_PYTHON])
        np.random.set_state(of_numpy)
        if _TORCH in before:
            sys.modules["torch"].set_rng_state(before[_TORCH])
        if _CUDA in before and (cuda := _cuda()) is not None:
            cuda.set_state(before[_CUDA])


def in_words(names: Sequence[str]) -> str:
    """What is wrong with moving them."""
    return f"changes the state of {' and of '.join(names)}, which the baseline leaves alone"


def _states(*, exactly: bool = False) -> dict[str, Any]:
    """`exactly`: with the number that numpy may have at hand from a pair; a generator that was just set has none."""
    of_numpy = _flat(np.random.get_state(legacy=False)) if exactly else _of_numpy()
    found: dict[str, Any] = {_PYTHON: random.getstate(), _NUMPY: of_numpy}
    torch = _torch()
    if torch is not None:
        found[_TORCH] = torch.get_rng_state()
        if (cuda := _cuda()) is not None:
            found[_CUDA] = cuda.get_state()
    return found


def _of_numpy() -> Any:
    """The numbers of numpy's generator, and where in them it stands: its own bytes, as numpy copies them one by one.

    That is fifty times as long as all else that is done around a call. Of another generator, what numpy tells.
    """
    generator = np.random.get_bit_generator()  # type: ignore[attr-defined]
    if _BYTES and type(generator) is np.random.MT19937:
        return ctypes.string_at(generator.ctypes.state_address, _BYTES)
    return _flat(np.random.get_state(legacy=False))


def _flat(state: Any) -> Any:
    """A state that can be compared."""
    if isinstance(state, dict):
        return tuple((name, _flat(value)) for name, value in state.items())
    return state.tobytes() if isinstance(state, np.ndarray) else state


def _bytes_of_a_generator() -> int:
    """How many bytes of a Mersenne Twister are its state, where they lie as they do in numpy 2; else 0."""
    generator = np.random.MT19937(1)
    numbers = generator.state["state"]
    told = numbers["key"].tobytes() + ctypes.string_at(ctypes.byref(ctypes.c_int(numbers["pos"])), 4)
    return len(told) if ctypes.string_at(generator.ctypes.state_address, len(told)) == told else 0


_BYTES = _bytes_of_a_generator()


def _same(one: Any, other: Any) -> bool:
    return bool(one.equal(other)) if hasattr(one, "equal") else bool(one == other)


def _torch() -> Any:
    torch = sys.modules.get("torch")
    return torch if hasattr(torch, "default_generator") else None


def _cuda() -> Any:
    """The global generator of the GPU that torch uses; None where it uses none."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return cuda.default_generators[cuda.current_device()] if cuda is not None and cuda.is_initialized() else None


def _torch_seed() -> Any:
    torch = _torch()
    return None if torch is None else torch.initial_seed()
