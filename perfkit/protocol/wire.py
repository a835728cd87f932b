"""Messages as lines of JSON. Measured code shares the worker's process, and may write where it should not.

By way of `json`: what a program prints may hold half a surrogate pair, and numbers may be infinite or numpy's.
"""

from __future__ import annotations

import json
from typing import Any, Generic, TypeVar

import msgspec

from perfkit.errors import PerfkitError
from perfkit.protocol import counting, extremes, measuring, opening, peak_memory, profiling, proving
from perfkit.protocol.failing import Rejection, ThreadRaised, WorkerError
from perfkit.protocol.record import Record, Request, answer_type

__all__ = ["REQUESTS", "Command", "Ok", "Reply", "read_command", "read_reply", "request_of"]
__all__ += ["write"]

A = TypeVar("A", bound=Record)

REQUESTS: tuple[type[Request[Any]], ...] = (
    opening.Open,
    counting.Survey,
    counting.Inspect,
    counting.Roofline,
    proving.Prove,
    proving.ProveSeam,
    proving.Settle,
    proving.ProveUntouched,
    extremes.OpenExtremes,
    extremes.ExpectExtreme,
    extremes.AttemptExtreme,
    measuring.Build,
    measuring.Round,
    measuring.Finish,
    peak_memory.TakePeak,
    profiling.OpenRegion,
    profiling.PrepareRegion,
    profiling.RunRegion,
    profiling.ListFiles,
)


class Command(Record, frozen=True):
    """A request under its number: one of REQUESTS, and when read what `request_of` makes one of."""

    number: int
    request: Any


class Ok(Record, Generic[A], frozen=True, tag="ok"):
    """The answer."""

    answer: A


class Reply(Record, Generic[A], frozen=True):
    """What a worker says to the request of that number, and what threads have raised meanwhile."""

    number: int
    said: Ok[A] | Rejection | WorkerError
    threads: tuple[ThreadRaised, ...]


def write(message: Command | Reply[Any]) -> bytes:
    """One line."""
    return (json.dumps(msgspec.to_builtins(message, enc_hook=_plain)) + "\n").encode()


def read_command(line: str) -> Command:
    """What a line holds, its request not yet looked at. Raises PerfkitError where it is none."""
    try:
        return msgspec.convert(json.loads(line), Command)
    except (ValueError, RecursionError) as error:
        raise PerfkitError(f"a worker was sent what is no command: {error}") from None


def request_of(command: Command) -> Request[Any]:
    """The request in a command. Raises PerfkitError where it is none."""
    try:
        request: Request[Any] = msgspec.convert(command.request, _any_request())
    except (ValueError, RecursionError) as error:
        raise PerfkitError(f"a worker was sent what is no request: {error}") from None
    return request


def read_reply(line: bytes, request: Request[A], number: int) -> Reply[A] | None:
    """What a worker says to request `number`; None where the line is not that, so somebody else wrote it."""
    kind: Any = Reply[answer_type(type(request))]  # type: ignore[misc]
    try:
        reply: Reply[A] = msgspec.convert(json.loads(line), kind)
    except (ValueError, RecursionError):
        return None
    return reply if reply.number == number else None


def _any_request() -> Any:
    """The union of all requests; they tell themselves apart by their names."""
    union: Any = REQUESTS[0]
    for kind in REQUESTS[1:]:
        union |= kind
    return union


def _plain(value: Any) -> Any:
    """A number or text of a derived type, such as numpy's, as Python's own."""
    for kind in (float, int, str):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"a message cannot hold {type(value).__name__}")
