"""What one row measures, said once: plans, groups and results hold it, and saved runs write it flat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perfkit.axis import THREADS, Axes, point

__all__ = ["COLD_L2", "IN_PROCESS", "WARM_L2", "Cell", "CellKind", "CellState", "Layout"]

CellKind = Literal[
    "micro",  # a seam alone
    "macro",  # a whole workload
    "stack",  # the same, for all recipes that stand together, and for each on the rest of them
]
CellState = Literal[
    "cold",  # the first call, where arguments recur
    "warm",  # later calls
    "cold L2",  # on a device whose last cache is flushed before each call
    "warm L2",  # on one where it is not
]
Layout = Literal[
    "in-process",  # all roles side by side in one process
    "processes",  # each role in a process of its own
]
IN_PROCESS: Layout = "in-process"
COLD_L2: CellState = "cold L2"
WARM_L2: CellState = "warm L2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing that candidates are measured on, beside one baseline. Equal cells share rounds."""

    target: str
    workload: str
    size: str  # one of those the workload declares
    kind: CellKind
    on: tuple[str, ...] = ()  # full ids of the recipes that the baseline already has
    seam: str | None = None
    state: CellState | None = None  # where arguments recur, and on a device
    layout: Layout = IN_PROCESS
    threads: int | None = None  # of BLAS and OpenMP; None: as the settings say
    axes: Axes = ()  # values swept along, as (axis, value)

    @property
    def part(self) -> str:
        """What is called: the seam alone, or the workload."""
        return self.seam or self.workload

    @property
    def is_cold(self) -> bool:
        """Whether what it measures is measured warm as well: what is said once is said of that."""
        return self.state in ("cold", COLD_L2)

    @property
    def title(self) -> str:
        """What is measured in a few words, cold or warm."""
        return f"{self.kind} {self.part} ({self.state})" if self.state else f"{self.kind} {self.part}"

    @property
    def settings(self) -> Axes:
        """What is set beside the size, as (axis, value): the swept axes, and the threads where not as usual."""
        return (*self.axes, (THREADS, self.threads)) if self.threads else self.axes

    @property
    def point(self) -> str:
        """The size with the values along its axes, as a worker is told: `small[rows=64]`."""
        return point(self.size, self.axes)

    @property
    def full_size(self) -> str:
        """The size with all that is set beside it, as people read it and runs save it: `small[threads=4]`."""
        return point(self.size, self.settings)

    @property
    def words(self) -> tuple[str, ...]:
        """All of it but the target, for the id of a group."""
        below = "on " + "+".join(name.rpartition("/")[2] for name in self.on) if self.on else "bare"
        layout = "" if self.layout == IN_PROCESS else self.layout
        threads = f"{self.threads} threads" if self.threads else ""
        words = (self.kind, self.workload, self.point, self.seam, self.state, below, layout, threads)
        return tuple(word for word in words if word)
