"""What threads of the measured code raise: nobody waits for them, so Python only prints it, where nobody looks."""

from __future__ import annotations

import threading
import traceback
from collections import Counter

from perfkit.protocol import breadcrumb
from perfkit.protocol.failing import ThreadRaised

__all__ = ["listen", "taken"]

_MOST = 100  # different ones that are counted; each may carry a number of its own
_LONGEST = 300  # characters

_raised: Counter[tuple[str, str]] = Counter()


def listen() -> None:
    """From now on count what threads raise, by role; it is printed as before."""
    before = threading.excepthook

    def heard(raised: threading.ExceptHookArgs) -> None:
        found = breadcrumb.here()[0], _words(raised)
        if found in _raised or len(_raised) < _MOST:
            _raised[found] += 1
        before(raised)

    threading.excepthook = heard


def taken() -> tuple[ThreadRaised, ...]:
    """Since the last call."""
    found = tuple(ThreadRaised(role, what, count) for (role, what), count in list(_raised.items()))
    _raised.clear()
    return found


def _words(raised: threading.ExceptHookArgs) -> str:
    try:
        said = " ".join(str(raised.exc_value).split())
    except Exception:  # an exception of the user's, which may raise in turn
        said = "(its text cannot be had)"
    frames = traceback.extract_tb(raised.exc_traceback)
    where = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    return f"{raised.exc_type.__name__}: {said[:_LONGEST]}{where}"
