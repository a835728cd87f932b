"""Which function answers which kind of request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from perfkit.protocol.record import Request
from perfkit.worker.source import Source

__all__ = ["Family", "Handlers"]

# by kind of request; each takes one of that kind, and gives the kind of answer that it names
Handlers = Mapping[type[Request[Any]], Callable[[Any], Any]]


class Family(Protocol):
    """Answers requests of one family, and keeps what lies between them."""

    def __init__(self, source: Source) -> None: ...

    def handlers(self) -> Handlers:
        """What it answers."""
