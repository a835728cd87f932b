"""How the groups of a benchmark are sampled beyond what `compare` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from perfkit.machine.float_mode import can_flush
from perfkit.schedule import BASELINE
from perfkit.session.outcome import Group

__all__ = ["Sampling", "with_sampling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """`swept`: before each call the caches are swept; `collects`: garbage is collected while calls are timed."""

    swept: bool = False
    collects: bool = False


def with_sampling(groups: Sequence[Group], how: Sampling, *, every: bool) -> list[Group]:
    """The groups, sampled so; their baselines once more with subnormals flushed to zero, with `every` all candidates.

    Not first calls, of which each has a process, or a table, of its own.
    """
    return [_sampled_so(group, how, every=every) for group in groups]


def _sampled_so(group: Group, how: Sampling, *, every: bool) -> Group:
    first = group.cell.state == "cold"
    taxed = (BASELINE, *(c.role for c in group.candidates if every)) if can_flush() and not first else ()
    return replace(group, taxed=taxed, swept=how.swept and not first, collects=how.collects)
