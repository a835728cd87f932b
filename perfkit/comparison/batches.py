"""Which recipes of many are proven and measured first, and what part of the time each batch of them gets. Pure.

A batch shares the baselines of its workload. What replaces most of a workload's time can do most for it, and comes
first; workloads whose calls take seconds come last, so that nobody waits for them to see the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from perfkit.catalog import RecipeEntry
from perfkit.comparison.groups import LONG_NS, MAX_CANDIDATES, MAX_LONG
from perfkit.comparison.plan import Plan
from perfkit.protocol.counting import Inspected

__all__ = ["Need", "batches_of", "first_part_s", "level", "share_of"]

_LEAST_SHARE = 1 / 256  # below, it does not matter
_BATCHES = 4  # about, beside the first: a catalogue of many recipes has larger ones
_FIRST = 2  # candidates of the first batch: as many as are proven beside each other, so that a row stands soon

Counted = Mapping[tuple[str, tuple[str, ...]], Inspected]  # by (workload, recipes on)
Variant = tuple[RecipeEntry, ...]


def batches_of(plan: Plan, counted: Counted) -> list[Plan]:
    """The plan in parts, in the order in which they are to be measured; all of it at once where it has no batches.

    `counted`: what the counting pass has seen. Variants that cannot be measured here are in none of the parts.
    """
    if not plan.in_batches:
        return [plan]
    by_workloads: dict[tuple[str, ...], list[Variant]] = {}
    for variant in plan.variants:
        if plan.measurable(variant):
            by_workloads.setdefault(plan.workloads(variant), []).append(variant)

    def rank(variant: Variant) -> int:
        return -level(share_of(plan, variant, counted))

    lists = [
        _Alike(long=_call_ns(plan, workloads, counted) > LONG_NS, variants=sorted(variants, key=rank))
        for workloads, variants in by_workloads.items()
    ]
    lists.sort(key=lambda alike: (alike.long, rank(alike.variants[0])))
    usual = max(MAX_CANDIDATES, math.ceil(len(plan.variants) / _BATCHES))
    begun = _FIRST if len(plan.variants) > MAX_CANDIDATES and lists and not lists[0].long else 0
    parts = [part for number, alike in enumerate(lists) for part in alike.parts(usual, 0 if number else begun)]
    parts.sort(key=lambda part: (part.long, rank(part.variants[0])))
    alone = 1 if begun else 0
    joined = [*_joined(parts[:alone], usual), *_joined(parts[alone:], usual)]
    return [plan.batch([variant for variant in plan.variants if variant in part]) for part in joined]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alike:
    """Variants that are measured on the same workloads; `long`: of which a call takes seconds."""

    long: bool
    variants: Sequence[Variant]

    def parts(self, usual: int, begun: int) -> Iterator[_Alike]:
        """As many at a time as share a batch, the first so many by themselves."""
        most, variants = _most(usual, long=self.long), self.variants
        if begun:
            yield replace(self, variants=variants[:begun])
        for start in range(begun, len(variants), most):
            yield replace(self, variants=variants[start : start + most])


def _joined(parts: Sequence[_Alike], usual: int) -> Iterator[list[Variant]]:
    """What is small goes with what comes next: each batch starts processes of its own."""
    together: list[Variant] = []
    for number, part in enumerate(parts):
        together += part.variants
        after = parts[number + 1] if number + 1 < len(parts) else None
        if (
            after is None
            or after.long != part.long
            or len(together) + len(after.variants) > _most(usual, long=part.long)
        ):
            yield together
            together = []


def _most(usual: int, *, long: bool) -> int:
    return max(usual, MAX_LONG) if long else usual


def level(share: float) -> int:
    """A share to a power of two, so that two sessions make the same batches though they clock it a little otherwise."""
    return round(math.log2(max(share, _LEAST_SHARE)))


def share_of(plan: Plan, variant: Variant, counted: Counted) -> float:
    """The part of a workload's time that goes into what a variant replaces, where that is most; 0 where not known."""
    touched = {seam for entry in variant for seam in entry.recipe.touches}
    return max((_share(seen, touched) for seen in _seen(plan, variant, counted)), default=0.0)


def _seen(plan: Plan, variant: Variant, counted: Counted) -> Iterator[Inspected]:
    """What the counting pass has seen of the baselines that a variant is measured against."""
    for workload in plan.workloads(variant):
        for on in plan.measurable(variant):
            if (workload, on) in counted:
                yield counted[workload, on]


def _share(seen: Inspected, touched: Iterable[str]) -> float:
    return min(1.0, sum(seen.seams[seam].inclusive for seam in touched if seam in seen.seams))


def _call_ns(plan: Plan, workloads: Sequence[str], counted: Counted) -> float:
    """What the longest call of some workloads takes, of those that were clocked."""
    return max((seen.call_ns for (name, _), seen in counted.items() if name in workloads), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a batch takes: seconds at the least, and its weight where there is more."""

    least_s: float
    weight: float


def first_part_s(left_s: float, needs: Sequence[Need]) -> float:
    """The part of the first of some batches in the seconds that are left for all.

    What each needs at the least, and of what is beyond as much as its weight says; where it is not enough for all, the
    same part of what each needs. What one leaves, those after it have.
    """
    left_s = max(0.0, left_s)  # a first round is done however little is left, so batches may have taken more than all
    least_s = sum(need.least_s for need in needs)
    if least_s > left_s:
        return left_s * needs[0].least_s / least_s
    weight = sum(need.weight for need in needs)
    return needs[0].least_s + (left_s - least_s) * (needs[0].weight / weight if weight else 1 / len(needs))
