"""Everything perfkit raises on purpose, and the exit code each one ends with.

PerfkitError                 1   the tool could not do its work
├── UsageError               2   the user's words do not fit
│   ├── UnknownName          2   ... and here is the nearest name that does
│   └── CatalogError         2   a recipe or target file is not what it must be
├── RecipeConflict           4   recipes that cannot stand together
├── WorkFailed               5   the measured code raised, crashed or hung
├── ProfilerUnavailable      7   a profiler cannot run here
└── Interrupted            130   Ctrl-C; what was measured is kept; 143 SIGTERM, 129 SIGHUP

Each is raised where the trouble is known and caught once, at the command line; `perfkit.cli.exit_codes` has all codes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from perfkit.phrases import listed
from perfkit.reasons import Cause

__all__ = [
    "CatalogError",
    "Interrupted",
    "PerfkitError",
    "ProfilerUnavailable",
    "RecipeConflict",
    "UnknownName",
    "UsageError",
    "WorkFailed",
]


class PerfkitError(Exception):
    """One clear line for the user, a hint on what to do about it, and an exit code."""

    code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PerfkitError):
    """The command line asks for something that does not exist or does not fit together."""

    code = 2


class UnknownName(UsageError):
    """A name that nothing carries; the hint names the nearest that something does, and then says `more`.

    `likely`: the names among which it is looked for before all others, and which are listed where none is near.
    """

    def __init__(
        self, kind: str, name: str, known: Iterable[str], *, likely: Iterable[str] = (), more: str = ""
    ) -> None:
        nearer, others = sorted(likely), sorted(known)
        choices = nearer or others
        near = _near(name, nearer) or _near(name, others)
        if near:
            hint = f"did you mean {' or '.join(near)}?"
        elif choices:
            hint = f"known: {listed(choices)}"
        else:
            hint = "there is none yet"
        super().__init__(f"no {kind} is called {name!r}", hint=f"{hint}; {more}" if more else hint)


_LESS_ALIKE = 0.1  # of 1: what is so much less like a name than another is not what was meant


def _near(name: str, choices: list[str]) -> list[str]:
    """At most three names that are much like it, and about as much as the one that is most."""
    close = difflib.get_close_matches(name, choices, n=3, cutoff=0.5)
    alike = [difflib.SequenceMatcher(None, choice, name).ratio() for choice in close]
    return [choice for choice, ratio in zip(close, alike, strict=True) if ratio > alike[0] - _LESS_ALIKE]


class CatalogError(UsageError):
    """A catalogue cannot be read as one; `about` is (recipe or target, id) where one file is to blame.

    Never without a hint: whoever meets it may not have written the file.
    """

    about: tuple[str, str] | None = None

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message, hint=hint)


class RecipeConflict(PerfkitError):
    """Recipes that overlap, shadow one another, or lack what they require."""

    code = 4


class WorkFailed(PerfkitError):
    """Code under measurement raised, died or ran out of time: `reason` says how in a word, `role` whose it was."""

    code = 5

    def __init__(self, message: str, *, hint: str = "", reason: Cause = "exception", role: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.role = role


class ProfilerUnavailable(PerfkitError):
    """A profiler is missing or not allowed here."""

    code = 7


class Interrupted(PerfkitError):
    """The user pressed Ctrl-C; or, with a `code` of its own, another signal asked to stop."""

    code = 130

    def __init__(self, message: str, *, hint: str = "", code: int = 130) -> None:
        super().__init__(message, hint=hint)
        self.code = code
