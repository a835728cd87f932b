"""Values that nobody but the user can compare: held as they are where his own comparer decides, or nothing does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from perfkit.errors import WorkFailed
from perfkit.tree.atoms import Same
from perfkit.tree.registry import add
from perfkit.tree.walk import Walk
from perfkit.worker.guard import in_words

__all__ = ["Held", "held", "held_input", "unheld"]


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A value with a part of a type that the tree does not know. It has no copy, and is equal to any other."""

    value: Any


class _HeldKind(Same):
    def differ(self, expected: Any, got: Any, rule: Any) -> None:
        return None


add(_HeldKind, Held)


def held(value: Any) -> Any:
    """The value, in a `Held` where the tree does not know all of it."""
    return Held(value) if any(kind is None for _, kind in Walk(value)) else value


def held_input(data: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of a call, each as `held` gives it."""
    return tuple(map(held, data))


def unheld(name: str, same: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparer of the user's, for what `held` gives. Raises WorkFailed where that one raises, or says nothing."""

    def compare(expected: Any, got: Any) -> bool:
        try:
            answer = same(*(one.value if isinstance(one, Held) else one for one in (expected, got)))
        except Exception as error:
            raise WorkFailed(f"{name} raises {in_words(error)}") from error
        if answer is None:
            raise WorkFailed(f"{name} returned None: return True where the two are equal, and False where they are not")
        return bool(answer)

    return compare
