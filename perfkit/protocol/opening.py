"""Opening a worker, and what it then says of the target: its seams, and the least that calls must do."""

from __future__ import annotations

from typing import Any

import msgspec

from perfkit.protocol.record import Record, Request

__all__ = [
    "FromCallables",
    "FromCatalog",
    "Inspect",
    "Inspected",
    "LeastCost",
    "MachineRates",
    "Open",
    "Opened",
    "Roofline",
    "RooflineFound",
]
__all__ += ["SeamCount"]


class Opened(Record, frozen=True):
    """`environment` where it was asked for: the machine, versions and BLAS, as a saved run has it."""

    resolution_ns: int
    environment: dict[str, Any] | None = None


class FromCatalog(Record, frozen=True, tag="catalogue"):
    """A target with its recipes. `installed`: whether to look for catalogues of installed packages."""

    catalogs: tuple[str, ...]
    target: str
    installed: bool = True


class FromCallables(Record, frozen=True, tag="callables"):
    """Functions, each as `pkg.mod:func` or `file.py:func`; candidates by name.

    What they are called with: `make(rng)` gives the arguments of one call, or `calls` has a literal
    `(positional, named)` for each workload; without either there are none. `folder`: the user's current one, `path`:
    where else modules are looked for.
    """

    baseline: str
    candidates: dict[str, str]
    make: str = ""
    calls: dict[str, str] = msgspec.field(default_factory=dict)
    folder: str = ""
    path: tuple[str, ...] = ()
    recurring: bool = False  # `make` may hand out the same objects again
    close: dict[str, float] = msgspec.field(default_factory=dict)  # arguments of `close()`
    equal: str = ""  # a function of the user's, which says whether two results are equal
    unproven: bool = False  # nothing is compared
    printed: bool = False  # what a call prints is part of what it gives
    raising: bool = False  # and so is what it raises
    sizes: dict[str, int | str] = msgspec.field(default_factory=dict)  # what `make` is given by name: size, dtype


class Open(Request[Opened], frozen=True):
    """Load the code under test. `process`: the number of this one; `describe`: answer the environment too."""

    source: FromCatalog | FromCallables
    seed: int
    process: int
    describe: bool = False


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
