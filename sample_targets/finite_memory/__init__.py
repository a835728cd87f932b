"""A finite memory around a language model. What is heavy is imported when it is first needed."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["Backend", "BytePairTokenizer", "FiniteMemory", "Settings"]

_PLACES = {
    "Backend": "backend",
    "BytePairTokenizer": "tokenizer",
    "FiniteMemory": "memory",
    "Settings": "memory",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
