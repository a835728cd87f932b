"""Where the baseline refuses an input by an exception, so must a candidate, in the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perfkit import schedule
from perfkit.tree.difference import Difference, differs
from perfkit.worker.guard import Rejected, blaming

__all__ = ["raised_alike"]


def raised_alike(failed: Rejected, reference: Callable[[], Any], candidate: Callable[[], Any], during: str) -> None:
    """Return where the candidate raises what the baseline did, and raise Rejected with the difference where not.

    `failed`: how the call of the baseline has ended. Raised again unless it is an exception that the baseline raises
    each time, in the same words.
    """
    error = _error_of(failed)
    with blaming(schedule.BASELINE):
        again = _raised_by(reference)
    if error is None or again is None or _difference(error, again) is not None:
        raise failed
    with blaming(schedule.CANDIDATE):
        got = _raised_by(candidate)
        found = _difference(error, got)
        if found is not None:
            raise Rejected(during, found)


def _raised_by(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except Rejected as failed:
        error = _error_of(failed)
        if error is None:
            raise
        return error
    return None


def _error_of(failed: Rejected) -> Exception | None:
    """What the called code has raised; None where the call was rejected for something else, or memory ran out."""
    error = failed.__cause__
    return error if failed.reason == "exception" and isinstance(error, Exception) else None


def _difference(expected: Exception, got: Exception | None) -> Difference | None:
    if got is None:
        return differs(expected, "a result", "an exception that is not raised", "output")
    if type(expected) is not type(got):
        return differs(expected, got, "a different exception", "output")
    same = str(expected) == str(got)
    return None if same else differs(str(expected), str(got), "a different message", "str(output)")
