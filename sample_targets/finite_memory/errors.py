"""What can be wrong with what the wrapper is given, in one line each."""

from __future__ import annotations

__all__ = ["BadCheckpoint", "EmptyMessage", "FiniteMemoryError", "MissingPart", "UnknownToken"]


class FiniteMemoryError(Exception):
    """Base of all errors of this program; `str()` of one is a line for a user."""


class EmptyMessage(FiniteMemoryError):
    """A message without a token."""


class UnknownToken(FiniteMemoryError):
    """A token that the tokenizer does not know."""


class BadCheckpoint(FiniteMemoryError):
    """A checkpoint that is damaged, or of another version."""


class MissingPart(FiniteMemoryError):
    """An optional part that is not installed, and what to do about it."""

    def __init__(self, what: str, module: str, remedy: str) -> None:
        super().__init__(f"{what} needs {module}, which is not there: {remedy}")
