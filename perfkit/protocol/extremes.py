"""Extreme inputs of a workload, one after the other."""

from __future__ import annotations

from perfkit.protocol.record import Record, Request
from perfkit.tree.difference import Difference

__all__ = ["AttemptExtreme", "Attempted", "ExpectExtreme", "Expected", "OpenExtremes", "OpenedExtremes"]


class OpenedExtremes(Record, frozen=True):
    """The extremes that there are, by name."""

    names: tuple[str, ...]


class OpenExtremes(Request[OpenedExtremes], frozen=True):
    """Build what extremes of a workload's own input are tried on."""

    workload: str
    on: tuple[str, ...]
    recipes: tuple[str, ...]


class Expected(Record, frozen=True):
    """Whether the baseline answers one extreme for certain, and in how many nanoseconds."""

    usable: bool
    elapsed_ns: int


class ExpectExtreme(Request[Expected], frozen=True):
    """What the baseline makes of one extreme."""

    extreme: int


class Attempted(Record, frozen=True):
    """How the candidate differs; `alone`: also when it has seen no other extreme before."""

    usable: bool
    difference: Difference | None
    alone: bool


class AttemptExtreme(Request[Attempted], frozen=True):
    """Whether the candidate makes of one extreme what the baseline did."""

    extreme: int
