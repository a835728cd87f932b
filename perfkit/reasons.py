"""Why code under measurement failed, or is not measured here, each in a word: the `reason` beside a verdict.

Beside a `SignalName` mypy finds a wrong word where one is set, and not where one is compared: a test does.
"""

from __future__ import annotations

import signal
from typing import Literal, NewType

__all__ = ["MISSING", "Cause", "Reason", "SignalName", "signal_name"]

SignalName = NewType("SignalName", str)

Cause = (
    Literal[
        "exception",  # it raised
        "out-of-memory",  # it raised MemoryError, or its process was killed
        "timeout",  # no answer within --timeout
        "exit",  # its process ended itself, or spoilt perfkit's own channel
        "target",  # the target's own: equal inputs give unequal outputs, say, and no recipe is to blame
        "difference",  # nothing but the baseline ran, and its output is not what it was
        "conflict",  # recipes that cannot stand together, or one that changes what it does not declare
    ]
    | SignalName  # what ended its process: SIGSEGV
)
Reason = (
    Cause
    | Literal[
        "missing-dependency",  # a module that it needs is not installed
        "missing-hardware",  # proven here, as far as that can be, and not measurable on this machine
    ]
)
MISSING: tuple[Reason, ...] = ("missing-dependency", "missing-hardware")


def signal_name(number: int) -> SignalName:
    """As the system calls it; real-time signals have numbers alone."""
    try:
        return SignalName(signal.Signals(number).name)
    except ValueError:
        return SignalName(f"signal {number}")
