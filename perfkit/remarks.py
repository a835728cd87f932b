"""What a report finds again in a row's note and in warnings: a saved run holds no more of it than the text. Pure.

Each wording stands beside what recognises it.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "any_subnormal",
    "by_design",
    "failing_itself",
    "group_of",
    "is_recorded",
    "joined",
    "of_group",
    "on_recorded",
    "remarks_of",
    "work_has",
]

_RECORDED = "on recorded arguments ("
_WORK_HAS = "the work itself has "


def joined(*remarks: str) -> str:
    """A note of those remarks that say anything."""
    return "; ".join(filter(None, remarks))


def remarks_of(note: str) -> list[str]:
    """The remarks of a note; one with a semicolon comes in parts."""
    return note.split("; ")


def on_recorded(kinds: str) -> str:
    """The remark of a row whose arguments are those of real calls; `kinds`: their types."""
    return f"{_RECORDED}{kinds})"


def is_recorded(remark: str) -> bool:
    """Whether that is what a remark says."""
    return remark.startswith(_RECORDED)


def failing_itself(role: str) -> str:
    """How the note of a failure begins that is the baseline's own, or the control's."""
    return f"the {role} itself fails: "


def of_group(group: str, words: str) -> str:
    """A warning about one group."""
    return f"{group}: {words}"


def group_of(warning: str, groups: Iterable[str]) -> tuple[str, str]:
    """Which of the groups a warning is about, and its words; ("", all of it) where it is about none of them."""
    group = max((group for group in groups if warning.startswith(of_group(group, ""))), key=len, default="")
    return group, warning[len(of_group(group, "")) :] if group else warning


def work_has(flag: str) -> str:
    """What to warn of where numbers are subnormal, say, of themselves, and not by the loop around the work."""
    return f"{_WORK_HAS}{flag} numbers"


def by_design(warning: str) -> bool:
    """Whether a warning may speak of what is meant, so that it goes last: -inf in a mask, say."""
    return of_group("", _WORK_HAS) in warning


def any_subnormal(warnings: Iterable[str]) -> bool:
    """Whether any may speak of subnormals; rather too often than not, since without it there are said to be none."""
    return any("subnormal" in warning for warning in warnings)
