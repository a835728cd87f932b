"""Is the baseline equal to itself? Where it is not, no candidate can be equal to it, and the target is to blame."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from perfkit import schedule
from perfkit.equivalence import Equivalence, exact
from perfkit.tree import Difference, UnknownType, first_difference
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.proof.call import Answer, Make, answer
from perfkit.worker.state.target_values import TargetValues
from perfkit.worker.subject import Subject

__all__ = ["TARGET", "compare_control", "compare_two_baselines", "not_itself"]

TARGET: Final = "target"  # the reason of a rejection that no recipe is to blame for
_ONLY = "compare only what must be right (`observe` of a target, --equal for functions)"
_REMEDY = f"seed it where it is random, have it begin anew where it keeps something between calls, or {_ONLY}"
_CALLS, _LONGEST_S = 16, 1.0


def not_itself(difference: str, changed: str = "") -> str:
    """What is wrong with a target whose baseline is not equal to itself, and what helps.

    `changed`: what its calls change of what it keeps, where that is known.
    """
    kept = f"its calls change {changed}, which later calls find so: make it anew for each call, as an argument"
    remedy = f"{kept}, or {_ONLY}" if changed else _REMEDY
    return f"the baseline does not equal itself between two instances: {difference}; {remedy}"


def _changed_by_a_call(control: Subject, make: Make, during: str) -> str:
    """What of the values that stand in its modules one more call changes, by name; "" where nothing does."""
    home = getattr(getattr(control, "ops", None), "__module__", None)
    if not isinstance(home, str):
        return ""
    package = home.partition(".")[0] if not home.startswith("perfkit.") else home.rpartition(".")[0]
    kept = TargetValues(package, first=home)
    answer(control, make, during)
    return next(iter(kept.changed()), "")


def compare_control(
    expected: Answer, control: Subject, make: Make, during: str, rule: Equivalence | None = None
) -> None:
    """Raise Rejected, for the reason TARGET, where the control does not give bit for bit what the baseline gave.

    `rule`: where the user's own function decides, it decides here too.
    """
    equal = rule if rule is not None and rule.kind in ("own", "unproven") else exact()
    with blaming(schedule.BASELINE):
        got = answer(control, make, during)

        def difference() -> Difference | None:
            found = first_difference(expected.seen, got.seen, equal)
            return found or first_difference(expected.after, got.after, exact(), "input")

        try:
            found = user_code(during, difference)
        except UnknownType as unknown:
            raise Rejected(during, error=f"{unknown.message}; {unknown.hint}", reason=TARGET) from unknown
        if found is not None:
            error = not_itself(str(found), _changed_by_a_call(control, make, during))
            raise Rejected(during, error=error, reason=TARGET)


def compare_two_baselines(
    build: Callable[[], Subject], make: Callable[[int], Make], rule: Equivalence | None = None
) -> None:
    """As `compare_control`, of two fresh instances on several inputs."""
    with blaming(schedule.BASELINE):
        baseline, control = build(), build()
    start = time.monotonic()
    for call in range(_CALLS):
        during = f"call {call + 1} of two baselines"
        with blaming(schedule.BASELINE):
            expected = answer(baseline, make(call), during)
        compare_control(expected, control, make(call), during, rule)
        if time.monotonic() - start > _LONGEST_S:
            return
