"""Targets, recipes and named comparisons as tables, and one recipe explained."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from perfkit.catalog import Catalog, RecipeEntry, TargetEntry
from perfkit.recipe import Claim
from perfkit.report.data.catalog import ComparisonData
from perfkit.report.lines import Commands
from perfkit.report.suggest import with_catalogs
from perfkit.report.visible import one_line
from perfkit.report.words import STATUS_WORDS, tested_words

__all__ = ["explain_report", "explain_target_report", "grid", "list_report", "list_target_report", "paragraphs"]


def list_report(
    found: Catalog,
    what: str | None,
    *,
    long: bool,
    words: Sequence[str] = (),
    comparisons: Sequence[ComparisonData] = (),
) -> RenderableType:
    """Targets, recipes, named comparisons, or all of these.

    `long` adds workloads, seams, claims and equivalence. `words`: the command line.
    """
    parts: list[RenderableType] = []
    if what in (None, "targets"):
        parts.append(Text("targets", style="bold"))
        parts += [_target(t, long=long) for t in found.targets]
    if what is None:
        parts.append(Text())
    if what in (None, "recipes"):
        for target in found.targets:
            parts += [Text(f"recipes of {target.id}", style="bold"), _recipes_of(found, target, long=long)]
        parts += _statuses(found.recipes) if long else []
    if what == "comparisons" or (what is None and comparisons):
        parts += [] if what else [Text()]
        parts += [Text("comparisons", style="bold"), _comparisons(comparisons, long=long)]
    then = [] if what == "comparisons" else ["perfkit explain RECIPE", "perfkit compare --recipe RECIPE"]
    then += ["perfkit compare --named NAME"] if what == "comparisons" or comparisons else []
    parts += [Text(), Commands(with_catalogs(" · ".join(then), words), style="dim")]
    return Group(*parts)


def list_target_report(
    found: Catalog, target: TargetEntry, what: str | None, *, long: bool, words: Sequence[str] = ()
) -> RenderableType:
    """One target: its workloads and seams, and its recipes; `what`: the targets or the recipes alone."""
    parts: list[RenderableType] = [] if what == "recipes" else [_target(target, long=True), Text()]
    if what != "targets":
        parts += [Text(f"recipes of {target.id}", style="bold"), _recipes_of(found, target, long=long)]
        parts += [*(_statuses(found.of_target(target.id)) if long else []), Text()]
    then = f"perfkit explain {target.id}/NAME · perfkit compare {target.id} --all · perfkit profile {target.id}"
    return Group(*parts, Commands(with_catalogs(then, words), style="dim"))


def grid(columns: int) -> Table:
    """Columns without lines or heads; the first is never broken."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for number in range(columns):
        table.add_column(no_wrap=number == 0)
    return table


def _target(entry: TargetEntry, *, long: bool) -> RenderableType:
    head = Text(f"  {entry.id}  ")
    if entry.unavailable and not long:
        return head.append(f"unavailable: {entry.unavailable}", "yellow")
    head.append(one_line(entry.summary), style="dim")
    if not long:
        return head
    if entry.unavailable:
        head.append(f"\n    unavailable: {entry.unavailable}", "yellow")
    table = grid(2)
    for workload in entry.workloads:
        words = [*workload.sizes, *(f"axis {axis}" for axis in workload.axes)]
        text = Text(f"{one_line(workload.summary)} ({', '.join(words)})", style="dim")
        if workload.unavailable:
            text.append(f"\nunavailable: {workload.unavailable}", "yellow")
        table.add_row(Text(f"    workload {workload.id}"), text)
    for seam in entry.seams.values():
        calls = f"; calls {', '.join(seam.children)}" if seam.children else ""
        table.add_row(Text(f"    seam {seam.name}"), Text(f"{one_line(seam.summary)}{calls}", style="dim"))
    return Group(head, table)


def _recipes_of(found: Catalog, target: TargetEntry, *, long: bool) -> RenderableType:
    recipes = found.of_target(target.id)
    if not recipes:
        return Text("  none yet", style="dim")
    if target.unavailable and not long:
        return Text(f"  {len(recipes)}, unavailable as {target.id} is; --long lists them", style="dim")
    return _recipes(recipes, target, long=long)


def _statuses(recipes: Sequence[RecipeEntry]) -> list[RenderableType]:
    """What the statuses mean that are named above."""
    there = {entry.recipe.status for entry in recipes}
    return [Text(f"  {status}: {words}", style="dim") for status, words in STATUS_WORDS.items() if status in there]


def _recipes(recipes: tuple[RecipeEntry, ...], target: TargetEntry, *, long: bool) -> RenderableType:
    table = grid(2)
    for entry in recipes:
        recipe = entry.recipe
        text = Text(one_line(entry.summary))
        if long:
            text.append(f"\n{recipe.status}; replaces {', '.join(sorted(recipe.touches))}; {recipe.equivalence}", "dim")
            for claim in filter(None, (recipe.claim, recipe.memory_claim)):
                text.append(f'\nclaim "{one_line(claim.text)}"', "dim")
            if entry.unavailable and entry.unavailable != target.unavailable:  # which is said above
                text.append(f"\nunavailable: {entry.unavailable}", "yellow")
            elif entry.unmeasurable and not entry.unavailable:
                text.append(f"\n{entry.unmeasurable}", "yellow")
        table.add_row(f"  {recipe.id}", text)
    return table


def _comparisons(comparisons: Sequence[ComparisonData], *, long: bool) -> RenderableType:
    if not comparisons:
        return Text("  none yet: [tool.perfkit.compare.NAME] in pyproject.toml holds one", style="dim")
    table = grid(2)
    for comparison in comparisons:
        text = Text(one_line(f"{comparison.before} → {', '.join(comparison.after)}"))
        if long:
            text.append(f"\n{one_line(comparison.stands_for)}", "dim")
        table.add_row(f"  {comparison.name}", text)
    return table


def explain_report(entry: RecipeEntry, words: Sequence[str] = ()) -> RenderableType:
    """Everything a recipe's file says of it; as Text, because `package[extra]` is no markup."""
    recipe = entry.recipe
    table = grid(2)
    for label, value in _facts(entry):
        table.add_row(Text(label, style="dim"), Text(one_line(value), overflow="fold"))
    return Group(
        Text(recipe.full_id, style="bold"),
        Text(),
        *paragraphs(entry.doc),
        table,
        Text(),
        Commands(with_catalogs(f"perfkit compare {recipe.target} --recipe {recipe.id}", words), style="dim"),
    )


def explain_target_report(entry: TargetEntry, doc: str, words: Sequence[str] = ()) -> RenderableType:
    """Everything a target's file says of it, and its workloads."""
    table = grid(2)
    for workload in entry.workloads:
        table.add_row(Text(workload.id), Text(workload.summary, overflow="fold"))
    return Group(
        Text(entry.id, style="bold"),
        Text(),
        *paragraphs(doc),
        Text("Workloads", style="bold"),
        table,
        Text(),
        Commands(with_catalogs(f"perfkit profile {entry.id}", words), style="dim"),
        Commands(with_catalogs(f"perfkit compare {entry.id} --all", words), style="dim"),
    )


def paragraphs(doc: str) -> Iterator[RenderableType]:
    """A docstring as paragraphs that wrap at any width; indented ones stay indented."""
    for block in re.split(r"\n\s*\n", doc.strip()):
        lines = block.splitlines()
        head = [line for line in lines if not line.startswith(" ")]
        body = " ".join(line.strip() for line in lines if line.startswith(" "))
        if head:
            yield Text(" ".join(head), style="bold" if body else "")
        if not body:
            yield Text()
        if body:
            yield Padding(Text(body), (0, 0, 1, 2))


def _facts(entry: RecipeEntry) -> Iterator[tuple[str, str]]:
    recipe = entry.recipe
    yield "status", f"{recipe.status}: {STATUS_WORDS[recipe.status]}"
    yield "replaces", ", ".join(sorted(recipe.touches))
    if recipe.shadows:
        yield "shadows", ", ".join(sorted(recipe.shadows))
    if recipe.requires:
        yield "requires", ", ".join(sorted(recipe.requires))
    if recipe.needs:
        yield "needs", ", ".join(recipe.needs)
    if recipe.hardware:
        yield "hardware", ", ".join(sorted(recipe.hardware))
    if entry.unavailable:
        yield "unavailable", entry.unavailable
    elif entry.unmeasurable:
        yield "measured", entry.unmeasurable
    for name, rule in (("output", recipe.equivalence), ("seam", recipe.seam_equivalence)):
        if rule:
            yield name, f"{rule}{'; ' + rule.why if rule.why else ''}"
    for claim in filter(None, (recipe.claim, recipe.memory_claim)):
        yield "claim", _claim(claim)
    yield "file", str(entry.path)


def _claim(claim: Claim) -> str:
    where = f"the seam alone, as {claim.workload} calls it" if claim.of_seam else claim.workload
    on = f", with {', '.join(claim.on)}" if claim.on else ""
    return f'"{claim.text}" ({claim.source}), {tested_words(claim.every_reading)}, on {where}{on}'
