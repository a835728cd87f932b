"""How a session measures, and who is told of it. Plain data, so that a command line can be checked without numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from perfkit.cell import IN_PROCESS, Layout

if TYPE_CHECKING:
    from perfkit.result import Document, Result

__all__ = ["LAYOUT_CHOICES", "LayoutChoice", "Settings", "Watcher"]

LayoutChoice = Literal[Layout, "both"]
LAYOUT_CHOICES: tuple[LayoutChoice, ...] = get_args(LayoutChoice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a session measures. Fixed before the first sample."""

    processes: int = 8
    budget_s: float = 5.0
    stretch_s: float = 0.0  # a budget that nobody set may grow up to this, so that slow calls get their first rounds
    whole_s: float = 0.0  # what all of a session is to take at most, proofs and all, where nobody set a budget; 0: any
    threads: int = 1
    pools: int | None = None  # threads of pools that the program makes itself; None: as many as it likes
    seed: int = 0
    layout: LayoutChoice = IN_PROCESS
    margin: float = 0.01
    precision: float = 0.001  # standard error of a process's median log-ratio that is good enough...
    relative_precision: float = 0.01  # ... or this part of the log-ratio: a 3,000x needs no third digit
    min_rounds: int = 40  # before medians count as precise: what comes now and then shows in the sums of some rounds
    max_rounds: int = 1000
    timeout_s: float = 300.0
    extremes: str = "find"  # find | refuse | none: what a difference for an extreme input means
    catalogs: tuple[Path, ...] = ()

    @classmethod
    def first_look(cls) -> Self:
        """The fewest processes that a verdict needs, and less time."""
        return cls(processes=5, budget_s=2.5)

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """Where the roles run, one after the other: "both" is two."""
        return ("in-process", "processes") if self.layout == "both" else (self.layout,)


def _silent(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Watcher:
    """What a caller may want to hear while a session runs."""

    doing: Callable[[str, float], None] = field(default=_silent)
    planned: Callable[[str], None] = field(default=_silent)
    kept: Callable[[Document], None] | None = None  # what there is so far, every few seconds while measuring
    # the rows so far, every few seconds, proofs included; None: nobody looks
    so_far: Callable[[Sequence[Result]], None] | None = None
    profiled: Callable[[Any], None] = field(default=_silent)  # the first profile, while others are still to come
    interruptible: Callable[[], AbstractContextManager[object]] = field(default=nullcontext)  # where Ctrl-C may strike
