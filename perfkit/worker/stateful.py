"""Does preparing an input touch the instance it is for?

Where it does (it resets what a call moves on, or leaves the input in the instance), inputs cannot lie ready for a whole
sample: the call before has moved what the preparing had set. Such a workload is driven one call at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perfkit import schedule
from perfkit.equivalence import exact
from perfkit.target import Workload
from perfkit.tree import UnknownType, copy, first_difference
from perfkit.worker.guard import user_code
from perfkit.worker.subject import MacroSubject

__all__ = ["drives_singly", "prepare_touches"]

_DURING = "finding out whether prepare touches the instance"


def prepare_touches(workload: Workload, build: Callable[[], MacroSubject], seed: int) -> bool:
    """Whether two calls give something else when both inputs are prepared before the first of them.

    As the workload declares it (`stateful`), or found on two fresh instances of `build`.
    """
    if workload.stateful is not None:
        return workload.stateful
    if not workload.prepares:
        return False
    try:
        in_turn, ahead = (user_code(_DURING, lambda w=way: _two_calls(build(), seed, ahead=w)) for way in (False, True))  # type: ignore[misc]
    except UnknownType:  # the proof says so of every row
        return False
    return bool(user_code(_DURING, lambda: first_difference(in_turn, ahead, exact()) is not None))


def drives_singly(workload: Workload, *, known: bool) -> bool:
    """Whether each input of a workload comes just before its call: as declared, or else as is `known`."""
    return known if workload.stateful is None else workload.stateful


def _two_calls(subject: MacroSubject, seed: int, *, ahead: bool) -> list[Any]:
    """What can be observed after each of two calls."""
    data = [subject.data(schedule.stream(seed, "stateful", number)) for number in range(2)]
    ready = [subject.prepare(one) for one in data] if ahead else []
    seen = []
    for number in range(2):
        argument = ready[number] if ahead else subject.prepare(data[number])
        seen.append(copy(subject.observe(argument, subject.invoke(argument))))
    subject.close()
    return seen
