"""What all documents have in common, and the one that says why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from perfkit import __version__

__all__ = ["Data", "Envelope", "Environment", "ErrorData", "ErrorDocument", "one_of"]

# of a command that ran to its end: see `perfkit.machine.environment`
Environment = Annotated[dict[str, Any], msgspec.Meta(extra_json_schema={"$ref": "#/$defs/known_environment"})]


def one_of(words: Iterable[str]) -> msgspec.Meta:
    """What the schema says of a text that is one of these."""
    return msgspec.Meta(extra_json_schema={"enum": list(words)})


class Data(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a document: all of its fields are always written."""


class Envelope(Data, frozen=True, kw_only=True):
    """The document of a command that measures no recipe: format, version, command, and its own content."""

    format_version: Literal[1] = 1
    perfkit: str = __version__


class ErrorData(Data, frozen=True, kw_only=True):
    """What went wrong, what to do about it, and the exit code."""

    message: str
    hint: str
    code: int


class ErrorDocument(Data, frozen=True, kw_only=True):
    """The one document of a command that failed."""

    error: ErrorData
