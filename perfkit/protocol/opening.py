"""Opening a worker on the code under test."""

from __future__ import annotations

from typing import Any

import msgspec

from perfkit.protocol.record import Record, Request

__all__ = ["FromCallables", "FromCatalog", "Open", "Opened"]


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
