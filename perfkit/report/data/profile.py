"""`profile`: hot spots, and the recipes that replace their seams."""

from __future__ import annotations

from typing import Any

from perfkit.profilers.merge import disagreements, main_of
from perfkit.profilers.waiting import wall_of
from perfkit.profiling.run import Profiled
from perfkit.profiling.timed import Changed
from perfkit.report.data.envelope import envelope

__all__ = ["profile_data"]


def profile_data(profiled: Profiled | Changed) -> dict[str, Any]:
    """A profile as plain data; each hot spot names the recipes that replace its seam. Of a change, what came after."""
    change = profiled if isinstance(profiled, Changed) else None
    after = profiled.after if isinstance(profiled, Changed) else profiled
    aims: dict[str, list[str]] = {}
    for advice in after.advice:
        for seam in advice.seams:
            aims.setdefault(seam, []).append(advice.recipe)
    main = main_of(after.profiles)
    hotspots = [
        {
            "function": h.function,
            "file": h.file,
            "line": h.line,
            "seam": h.seam,
            "self": h.self_ns,
            "total": h.total_ns,
            "calls": h.calls,
            "recipes": aims.get(h.seam or "", []),
        }
        for h in (main.hotspots if main else ())
    ]
    return envelope(
        "profile",
        status=after.status,
        target=after.target,
        workload=after.workload,
        size=after.size,
        recipes=after.recipes,
        environment=after.environment,
        profilers=[
            {
                "name": p.profiler,
                "slowdown": p.slowdown,
                "total_ns": p.total_ns,
                "passes": p.passes,
                "rate": p.rate,
                "samples": p.samples,
                "notes": p.notes,
            }
            for p in after.profiles
        ],
        wall=wall_of(after.profiles, main),
        missing=(*(change.before.missing if change else ()), *after.missing),
        seams=[{"seam": s, "share": v, "calls": after.seam_calls[s]} for s, v in after.seam_shares.items()],
        advice=after.advice,
        disagreements=disagreements(after.profiles),
        hotspots=hotspots,
        change=_change_data(change) if change else None,
    )


def _change_data(change: Changed) -> dict[str, Any]:
    return {
        "on": change.before.recipes,
        "timed": change.timed,
        "trouble": change.trouble,
        "profilers": change.differences,
    }
