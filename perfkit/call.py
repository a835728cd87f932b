"""The arguments of one call, as a function that makes inputs may return them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

__all__ = ["RECURRING", "Arguments", "args", "recurring"]

RECURRING = "__perfkit_recurring__"  # the attribute of a function whose inputs may be handed out again

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Arguments:
    """Positional and keyword arguments of one call."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def args(*positional: Any, **named: Any) -> Arguments:
    """The arguments of one call: `perfkit.args(x, n=3)` is returned where a tuple has no place for a name."""
    return Arguments(positional, named)


def recurring(make: F) -> F:
    """Mark a function that makes inputs: it hands out the same objects again, as the real program does."""
    setattr(make, RECURRING, True)
    return make
