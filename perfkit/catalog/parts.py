"""The parts of targets by name: a seam or a workload, as `target/part` or by its own name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from perfkit.catalog.catalog import Catalog
from perfkit.catalog.read_files import RecipeEntry, TargetEntry, WorkloadEntry
from perfkit.target import Seam

__all__ = ["Part", "parts_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A seam or workload of a target, and the recipes that replace the one or are measured on the other."""

    target: TargetEntry
    part: Seam | WorkloadEntry
    recipes: tuple[RecipeEntry, ...]

    @property
    def id(self) -> str:
        """Its own name."""
        return self.part.name if isinstance(self.part, Seam) else self.part.id

    @property
    def full_id(self) -> str:
        """`target/part`."""
        return f"{self.target.id}/{self.id}"


def parts_of(found: Catalog, name: str) -> tuple[Part, ...]:
    """Every seam and workload of that name."""
    return tuple(part for part in _parts(found) if name in (part.id, part.full_id))


def _parts(found: Catalog) -> Iterator[Part]:
    for target in found.targets:
        recipes = found.of_target(target.id)
        for seam in target.seams.values():
            replacing = tuple(r for r in recipes if seam.name in r.recipe.touches)
            yield Part(target=target, part=seam, recipes=replacing)
        for workload in target.workloads:
            there = tuple(r for r in recipes if workload.id in _measured_on(r, target))
            yield Part(target=target, part=workload, recipes=there)


def _measured_on(entry: RecipeEntry, target: TargetEntry) -> tuple[str, ...]:
    """The workloads that a recipe is measured on where none is named."""
    recipe = entry.recipe
    claimed = tuple(claim.workload for claim in (recipe.claim, recipe.memory_claim) if claim)
    return claimed or (recipe.workload or target.workloads[0].id,)
