"""Run code that perfkit did not write, and know whose it was when something goes wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from perfkit.errors import PerfkitError
from perfkit.protocol import breadcrumb
from perfkit.protocol.failing import Blamed, Rejection
from perfkit.tree import Difference
from perfkit.worker import forks
from perfkit.worker.frames import users_frames
from perfkit.worker.state import process_state

__all__ = ["Rejected", "blaming", "in_words", "user_code"]

_REMEDIES: dict[type[BaseException], str] = {
    SystemExit: "it would end whoever calls it: return, or raise another exception",
    EOFError: "standard input is empty here: what is typed must be an argument",
}
_LONGEST = 1000  # characters of an exception's text


class Rejected(Exception):
    """An output is not right, or the code raised: `difference` says where, `during` at which step, `role` whose.

    `reason` is "exception", or "out-of-memory" where that is what it raised; None with a difference.
    """

    def __init__(
        self, during: str, difference: Difference | None = None, error: str = "", reason: Blamed | None = None
    ) -> None:
        super().__init__(f"{during}: {difference or error}")
        self.during = during
        self.difference = difference
        self.error = error
        self.reason = reason or ("exception" if error else None)
        self.role = ""

    def said(self) -> Rejection:
        """As the parent hears of it."""
        return Rejection(
            during=self.during, role=self.role, error=self.error, reason=self.reason, difference=self.difference
        )


@contextmanager
def blaming(role: str) -> Iterator[None]:
    """Name the role whose code is running, in the trail and when something is rejected."""
    outer, _ = breadcrumb.here()
    breadcrumb.mark(role=role)
    try:
        yield
    except Rejected as rejected:
        rejected.role = rejected.role or role
        raise
    finally:
        breadcrumb.mark(role=outer)


def user_code(
    during: str, work: Callable[[], Any], *, whole_process: bool = False, but: str = "", often: bool = False
) -> Any:
    """Run code that perfkit did not write. Whatever it raises becomes Rejected, with the innermost line named.

    So does a candidate's change of what the whole process shares (`perfkit/worker/state`), which is undone;
    `whole_process` admits it, for work that sets the stage for every role; `but` names the one thing that may change.
    `often`: around a sample, where what takes longest to look at is left to the end of the group.
    """
    breadcrumb.mark(during=during)
    baseline = breadcrumb.is_baseline()
    # looked at in every role: what only candidates go through would show in their times
    look = process_state.snapshot_quick if often else process_state.snapshot
    before = {} if whole_process else look()
    before.pop(but, None)
    forked = forks.count()
    try:
        done = _in_one_process(work)
    except (Rejected, PerfkitError):
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        reason: Blamed = "out-of-memory" if isinstance(error, MemoryError) else "exception"
        _refuse_forks(during, forked)
        raise Rejected(during, error=in_words(error), reason=reason) from error
    finally:
        changed = "" if whole_process else process_state.settle(before, look(), baseline=baseline)
    _refuse_forks(during, forked)
    if changed:
        raise Rejected(during, error=f"changes {changed}, for all code of the process")
    return done


def _in_one_process(work: Callable[[], Any]) -> Any:
    """Do it; a fork that comes back from it ends here."""
    process, error = os.getpid(), None
    try:
        return work()
    except BaseException as raised:
        error = raised
        raise
    finally:
        forks.end_if_forked(process, error)


def _refuse_forks(during: str, forked: int) -> None:
    """Raise Rejected where a fork came back: it is why anything else went wrong. `forked`: the count before."""
    role = forks.returned(forked)
    if role is not None:
        rejected = Rejected(during, error=forks.RETURNED)
        rejected.role = role
        raise rejected


def in_words(error: BaseException) -> str:
    """What was raised, and the innermost line of the user's that has raised it."""
    frames = users_frames(error)
    where = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    try:
        said = str(error)
    except Exception:  # an exception of the user's, which may raise in turn
        said = "(its text cannot be had)"
    said = said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
    remedy = next((f"; {words}" for kind, words in _REMEDIES.items() if isinstance(error, kind)), "")
    return f"{type(error).__name__}{': ' if said else ''}{said}{where}{remedy}"
