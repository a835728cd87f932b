"""The measured region of a profile."""

from __future__ import annotations

from typing import Any

from perfkit.profilers.common.spent import Spent
from perfkit.protocol.record import Record, Request

__all__ = ["ListFiles", "ListedFiles", "OpenRegion", "OpenedRegion", "PrepareRegion", "PreparedRegion", "RunRegion"]
__all__ += ["RanRegion", "SeamPlace"]


class SeamPlace(Record, frozen=True):
    """Where the function of a seam stands."""

    file: str
    line: int
    seam: str


class OpenedRegion(Record, frozen=True):
    """The process that runs it, and where the functions of its table of seams stand."""

    pid: int
    seams: tuple[SeamPlace, ...]


class OpenRegion(Request[OpenedRegion], frozen=True):
    """Build what will be profiled and call it once. `stateful`: inputs come just before their call."""

    workload: str
    size: str
    recipes: tuple[str, ...]
    stateful: bool = False


class PreparedRegion(Record, frozen=True):
    """How many inputs lie ready."""

    calls: int


class PrepareRegion(Request[PreparedRegion], frozen=True):
    """Make the inputs of so many calls, or of as many as memory allows."""

    calls: int


class RanRegion(Record, frozen=True):
    """What the profiler saw, as it has it itself; where the time went by the system's clocks.

    `ends`: how calls left the program. `threads`: their names by number.
    """

    elapsed_ns: int
    raw: Any
    spent: Spent
    ends: tuple[str, ...]
    threads: dict[str, str]


class RunRegion(Request[RanRegion], frozen=True):
    """Run what lies ready, `under` a profiler of the worker's process, or bare ("")."""

    under: str
    rate: int


class ListedFiles(Record, frozen=True):
    """Source files."""

    files: tuple[str, ...]


class ListFiles(Request[ListedFiles], frozen=True):
    """The source files of all modules that are loaded."""
