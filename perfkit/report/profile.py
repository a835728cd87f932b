"""A profile on one screen: hot spots, what they belong to, and what aims at them."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfkit.profilers.profile import HotSpot
from perfkit.profiling import Profiled
from perfkit.report import numbers
from perfkit.report.words import environment_line

__all__ = ["profile_report"]


def profile_report(found: Profiled, top: int) -> RenderableType:
    """The `top` functions by their own time, the advice, and how far the profiler itself distorts."""
    p = found.profile
    on = f" with {', '.join(r.rpartition('/')[2] for r in found.recipes)}" if found.recipes else ""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("self", "total", "calls", "per call"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("function", overflow="ellipsis", no_wrap=True)
    table.add_column("seam", no_wrap=True)
    shown = p.hotspots[:top]
    profiled_ns = sum(h.self_ns for h in p.hotspots) or 1
    for h in shown:
        table.add_row(
            numbers.percent(h.self_ns / profiled_ns),
            numbers.percent(min(1.0, h.total_ns / profiled_ns)),
            f"{h.calls / p.passes:.3g}",
            numbers.time(h.total_ns / h.calls),
            _function(h),
            Text(h.seam or "", style="cyan"),
        )
    rest = 1 - sum(h.self_ns for h in shown) / profiled_ns
    bare = numbers.time(p.bare_ns / p.passes)
    lines = [
        Text(f"{found.target} / {found.workload}{on}", style="bold").append(
            f"  {bare} a call, {p.passes} calls under {p.profiler}", style="not bold"
        ),
        Text(environment_line(found.environment), style="dim"),
        Text(),
        table,
        *_rest(len(p.hotspots) - len(shown), rest),
        Text(),
        *_advice(found),
        Text(),
        Text(
            f"under {p.profiler} the work took {numbers.ratio(p.slowdown)} its bare time; it sees the calling thread "
            "only. Shares of seams come from a clock of their own, threads included.",
            style="dim",
        ),
    ]
    return Group(*lines)


def _rest(count: int, share: float) -> list[Text]:
    if not count:
        return []
    return [Text(f"{count} more function{'s' * (count != 1)}, {numbers.percent(share)}", style="dim")]


def _function(h: HotSpot) -> str:
    if h.line == 0:
        return h.function
    return f"{h.function}  {h.file.rpartition('/')[2]}:{h.line}"


def _advice(found: Profiled) -> list[RenderableType]:
    if not found.advice:
        return [Text("no recipe of the catalogue aims at what is hot here")]
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("recipe", "replaces"):
        table.add_column(head, no_wrap=True)
    table.add_column("share", justify="right")
    table.add_column("at most", justify="right")
    for a in found.advice:
        most = numbers.ratio(a.at_most) if a.at_most else "–"
        share = numbers.percent(a.share) + (" on threads" if a.concurrent else "")
        table.add_row(a.recipe, ", ".join(a.seams), share, most)
    best = found.advice[0].recipe
    return [table, Text(), Text(f"perfkit compare --recipe {best}", style="dim")]
