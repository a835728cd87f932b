"""What every message between parent and worker is: a frozen record with exactly its own fields."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, get_args

import msgspec

__all__ = ["Record", "Request", "answer_type"]

A = TypeVar("A", bound="Record")


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message, or a part of one. What lacks a field, or has one too many, or another type, is none."""


class Request(Record, Generic[A], frozen=True, tag=True, tag_field="do"):
    """What a worker is asked to do; `A` is the type of its answer, and `do` on the wire the name of the request."""


def answer_type(request: type[Request[A]]) -> type[A]:
    """The type of the answer to a kind of request."""
    bases: tuple[Any, ...] = request.__orig_bases__  # type: ignore[attr-defined]
    answer: type[A] = get_args(bases[0])[0]
    return answer
