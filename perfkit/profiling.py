"""`perfkit profile`: one workload under a profiler, in a process of its own, and which recipes aim at what is hot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perfkit.catalog import Catalog
from perfkit.engine.process import RejectedOutput
from perfkit.engine.session import Session
from perfkit.errors import UnknownName, WorkFailed
from perfkit.profilers.profile import HotSpot, Profile
from perfkit.recipe import check_together
from perfkit.settings import Settings, Watcher

__all__ = ["Advice", "Profiled", "run_profile"]

_PROFILED_NS = 1_500_000_000  # how long the profiled calls should take together, unprofiled
_MOST_CALLS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A recipe, the seams it replaces, and their share of the workload: the most that it could save."""

    recipe: str
    seams: tuple[str, ...]
    share: float
    concurrent: bool  # on several threads: the share is of their time, and bounds nothing

    @property
    def at_most(self) -> float | None:
        """The speed-up if the seams cost nothing at all (Amdahl); None where no such bound holds."""
        return None if self.concurrent or self.share >= 1 else 1 / (1 - self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiled:
    """A profile, the shares of the seams by a clock of their own, and the advice that follows."""

    target: str
    workload: str
    size: str
    recipes: tuple[str, ...]
    profile: Profile
    seam_shares: dict[str, float]
    seam_calls: dict[str, float]
    advice: tuple[Advice, ...]
    environment: dict[str, Any]


def run_profile(
    found: Catalog,
    target: str,
    *,
    workload: str | None,
    size: str | None,
    recipes: Sequence[str],
    settings: Settings,
    watcher: Watcher,
) -> Profiled:
    """Profile one variant of one workload with cProfile."""
    entry = found.target(target)
    chosen = [found.recipe(name, target) for name in recipes]
    for one in chosen:
        one.check_available()
    check_together([e.recipe for e in chosen], entry.tree)
    place = entry.workload(workload) if workload else entry.workloads[0]
    if size is not None and size not in place.sizes:
        raise UnknownName(f"size of {target}/{place.id}", size, place.sizes)
    ids = tuple(e.recipe.full_id for e in chosen)
    session = Session(target, settings, watcher.doing, installed=found.installed)
    chosen_size = size or place.sizes[0]
    try:
        with session.worker(0, describe=True) as worker:
            seen = session.inspect(worker, place.id, chosen_size, ids)
            watcher.doing(f"profiling {place.id}", 0.5)
            calls = int(max(1, min(_MOST_CALLS, _PROFILED_NS / seen["call_ns"])))
            raw = worker.ask(
                "profile",
                about=f"profile of {place.id}",
                workload=place.id,
                size=chosen_size,
                recipes=list(ids),
                calls=calls,
            )
    except RejectedOutput as rejected:
        raise WorkFailed(f"{rejected.report['during']}: {rejected.report['error']}") from None
    hotspots = tuple(HotSpot(**h) for h in raw.pop("hotspots"))
    shares = {name: seam["inclusive"] for name, seam in seen["seams"].items()}
    return Profiled(
        target=target,
        workload=place.id,
        size=chosen_size,
        recipes=ids,
        profile=Profile(hotspots=hotspots, **raw),
        seam_shares=shares,
        seam_calls={name: seam["calls"] / seen["passes"] for name, seam in seen["seams"].items()},
        advice=_advice(found, target, ids, seen["seams"]),
        environment={**session.outcome.environment, "threads": settings.threads},
    )


def _advice(found: Catalog, target: str, on: Sequence[str], seams: Mapping[str, Any]) -> tuple[Advice, ...]:
    """Every recipe not yet in place that replaces a seam with time in it, the largest share first."""
    advice = []
    for entry in found.of_target(target):
        if entry.recipe.full_id in on or entry.recipe.status in ("rejected", "reference"):
            continue
        touched = tuple(sorted(entry.recipe.touches))
        share = sum(seams[s]["inclusive"] for s in touched)
        concurrent = any(seams[s]["concurrent"] for s in touched)
        if share > 0.005:
            advice.append(Advice(recipe=entry.recipe.id, seams=touched, share=share, concurrent=concurrent))
    return tuple(sorted(advice, key=lambda a: -a.share))
