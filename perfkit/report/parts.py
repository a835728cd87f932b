"""A seam or a workload of a target explained: what it is, and the recipes that are for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from perfkit.catalog.parts import Part
from perfkit.catalog.read_files import WorkloadEntry
from perfkit.catalog.seam_source import SeamSource
from perfkit.report.lines import Commands
from perfkit.report.listing import grid, paragraphs
from perfkit.report.suggest import with_catalogs
from perfkit.report.visible import one_line
from perfkit.target import Seam

__all__ = ["explain_part_report"]


def explain_part_report(part: Part, source: SeamSource | None, words: Sequence[str] = ()) -> RenderableType:
    """Everything that is known of a seam or workload; `source`: of a seam, what its documented form says itself."""
    facts, recipes = grid(2), grid(2)
    for label, value in _seam(part, part.part) if isinstance(part.part, Seam) else _workload(part.part):
        facts.add_row(Text(label, style="dim"), Text(one_line(value), overflow="fold"))
    for entry in part.recipes:
        recipes.add_row(f"  {entry.recipe.id}", Text(one_line(entry.summary)))
    is_seam = isinstance(part.part, Seam)
    head = "recipes that replace it" if is_seam else "recipes that are measured on it"
    return Group(
        Text(f"{part.full_id}", style="bold").append(f"  a {'seam' if is_seam else 'workload'}", style="dim not bold"),
        Text(),
        *(_contract(part, source) if source else ()),
        facts,
        Text(),
        Text(head, style="bold"),
        recipes if part.recipes else Text("  none yet", style="dim"),
        Text(),
        *(Commands(with_catalogs(line, words), style="dim") for line in _next(part)),
    )


def _contract(part: Part, source: SeamSource) -> Iterator[RenderableType]:
    yield Text(one_line(f"{part.id}{source.signature}"))
    yield Text()
    yield from paragraphs(source.doc)


def _seam(part: Part, seam: Seam) -> Iterator[tuple[str, str]]:
    callers = [name for name, other in part.target.seams.items() if seam.name in other.children]
    notes = (
        ("summary", seam.summary),
        ("kind", "" if seam.kind == "call" else f"{seam.kind}: it has no work of its own to measure alone"),
        ("calls", ", ".join(seam.children)),
        ("called by", ", ".join(callers)),
        ("arguments", "recur: it is measured cold and warm" if seam.reused else ""),
        ("result", "is only read by its callers" if seam.only_read else ""),
        ("file", str(part.target.path.with_name("ops.py"))),
    )
    return ((label, text) for label, text in notes if text)


def _workload(workload: WorkloadEntry) -> Iterator[tuple[str, str]]:
    notes = (
        ("summary", workload.summary),
        ("sizes", ", ".join(workload.sizes)),
        ("axes", ", ".join(workload.axes)),
        ("needs", ", ".join(workload.needs)),
        ("unavailable", workload.unavailable),
    )
    return ((label, text) for label, text in notes if text)


def _next(part: Part) -> Iterator[str]:
    target, names = part.target.id, [entry.recipe.id for entry in part.recipes[:2]]
    if isinstance(part.part, Seam):
        if names:
            yield f"perfkit compare {target} {' '.join(names)}"
        yield f"perfkit new recipe {target} my-idea --seam {part.id}"
    else:
        yield f"perfkit profile {target} --workload {part.id}"
        yield f"perfkit compare {target} --all --workload {part.id}"
