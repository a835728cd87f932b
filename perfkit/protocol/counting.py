"""What a baseline calls: which seams, how often and for how long, and the least that its calls must do."""

from __future__ import annotations

import msgspec

from perfkit.protocol.record import Record, Request

__all__ = ["Inspect", "Inspected", "LeastCost", "MachineRates", "Roofline", "RooflineFound", "SeamCount", "Survey"]
__all__ += ["Surveyed"]


class Surveyed(Record, frozen=True):
    """By workload: the seams that its baseline calls, and about how long that took, with building.

    One that fails is not among them; its proof says why.
    """

    called: dict[str, tuple[str, ...]]
    taken_ns: dict[str, int] = msgspec.field(default_factory=dict)


class Survey(Request[Surveyed], frozen=True):
    """Which seams some workloads call at their proof size, without any recipe."""

    workloads: tuple[str, ...]


class SeamCount(Record, frozen=True):
    """What was seen of one seam: calls, those while the instance was built, and its share of a bare call's time.

    `inclusive` holds the seams it calls; `error` is its standard error, None after
    one pass. `obstacle` says why it cannot be measured alone, `shapes` what it is called with, `recorded` the
    types of those arguments that are recorded.
    """

    calls: int
    in_build: int
    inclusive: float
    error: float | None
    concurrent: bool
    obstacle: str
    shapes: str
    recorded: str


class Inspected(Record, frozen=True):
    """What the counting pass found. `busy`: the process works on though no call is under way.

    `stateful`, where it was asked for: whether preparing an input touches the instance. `awkward`: whether the workload
    declares inputs that every candidate must take. `on_device`: calls are timed by the clock of a device.
    """

    call_ns: float
    passes: int
    seams: dict[str, SeamCount]
    busy: bool = False
    stateful: bool | None = None
    awkward: bool = False
    on_device: bool = False

    def seam_ns(self, name: str) -> float:
        """Nanoseconds of one call of a seam."""
        seam = self.seams[name]
        return self.call_ns * seam.inclusive / max(1.0, seam.calls / self.passes)


class Inspect(Request[Inspected], frozen=True):
    """Count and clock the seams of one variant over at most `calls` calls of a workload, or `enough_ns`.

    `declared`: also check what the workload declares in numbers.
    """

    role: str
    workload: str
    size: str
    recipes: tuple[str, ...]
    calls: int
    enough_ns: int
    declared: bool = False


class MachineRates(Record, frozen=True):
    """Floating-point operations a second, and bytes read a second."""

    operations: float
    read: float


class LeastCost(Record, frozen=True):
    """The least that one call must do: operations, and bytes to read."""

    operations: float
    read: float


class RooflineFound(Record, frozen=True):
    """`costs` by workload, of those that declare one; `rates` where there is any."""

    rates: MachineRates | None
    costs: dict[str, LeastCost]


class Roofline(Request[RooflineFound], frozen=True):
    """How fast this machine is at best, and the least that calls of some workloads (name: size) must do."""

    sizes: dict[str, str]
