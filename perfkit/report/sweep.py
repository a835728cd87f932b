"""The curve of one recipe along an axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from perfkit import numbers
from perfkit.axis import Value
from perfkit.cell import Cell
from perfkit.report.compare import VERDICT_STYLES, shown
from perfkit.report.footer import footer
from perfkit.report.interval import HEAD, speedup_words
from perfkit.report.lines import columns_that_fit, labelled, table_line
from perfkit.report.words import environment_line, on_words, part_words, recipes_title, verdict_word
from perfkit.result import Document, Result
from perfkit.stats.growth import Growth, growth, paying

__all__ = ["SweepReport", "Thresholds"]

_HALF = 12  # cells of the bar on either side of 1x
_SPARE = (1, 2, 5)  # what goes first where the width does not suffice
_RIGHT = (0, 1, 2)


Thresholds = Mapping[str, Mapping[str, tuple[float, str]]]  # recipe's full id -> axis -> (value, words)


@dataclass(frozen=True)
class SweepReport:
    """One curve for each thing that was measured: seam or workload, cold or warm, on each stack."""

    document: Document
    summaries: Mapping[str, str]
    thresholds: Thresholds
    verbose: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        document = shown(self.document)
        first = document.results[0]
        yield recipes_title(first.cell.target, first.recipes, self.summaries)
        yield Text(environment_line(document.environment), style="dim")
        curves: dict[Cell, list[Result]] = {}
        for r in document.results:
            curves.setdefault(replace(r.cell, size="", axes=(), threads=None), []).append(r)
        for rows in curves.values():
            yield Text()
            yield from _curve(rows, options.max_width)
            yield from _said(rows[0], self.thresholds)
        yield Text()
        yield from footer(document, verbose=self.verbose)


def _curve(rows: Sequence[Result], width: int) -> Iterator[RenderableType]:
    axis = rows[0].cell.settings[0][0]
    values = [r.cell.settings[0][1] for r in rows]
    what = f"{rows[0].cell.kind} {part_words(rows[0].cell)}"
    yield Text(what, style="bold").append(f"  {on_words(rows[0])}", style="not bold dim")
    measured = [(v, r) for v, r in zip(values, rows, strict=True) if r.speedup]
    furthest = max([abs(math.log(r.speedup.point)) for _, r in measured if r.speedup], default=0.0)
    heads = [axis, "before", "after", HEAD, "verdict", f"{'slower':>{_HALF}}│faster"]
    cells = [[Text(head, style="dim") for head in heads]]
    cells += [_cells(v, r, furthest) for v, r in zip(values, rows, strict=True)]
    widths = [max(line[i].cell_len for line in cells) for i in range(len(heads))]
    columns = columns_that_fit(widths, _SPARE, width)
    for line in cells:
        yield table_line(line, widths, columns, _RIGHT)
    for value, r in zip(values, rows, strict=True):
        if not r.speedup and (free := _free(r)):
            yield labelled("amdahl", Text(f"{axis} {value}: {free}"))
    for note in dict.fromkeys(r.note for r in rows if r.note and not r.speedup):
        yield labelled("note", Text(note, style="yellow"))
    missing = [str(v) for v, r in zip(values, rows, strict=True) if not r.speedup]
    if missing:
        yield labelled("note", Text(f"nothing was measured at {axis} {', '.join(missing)}", style="yellow"))
    numbered = [(v, r) for v, r in measured if isinstance(v, int)]
    if len(numbered) < len(measured):
        faster = [str(v) for v, r in measured if r.verdict == "faster"]
        yield labelled(
            "gain",
            Text(f"worth it at {axis} = {', '.join(faster)}" if faster else "not shown to be worth it", style="bold"),
        )
    elif len(measured) >= 2:
        yield labelled("scales", Text(_growth_words(axis, numbered)))
        points = [r.speedup.point for _, r in measured if r.speedup]
        gains = [r.verdict == "faster" for _, r in measured]
        yield labelled("gain", Text(paying(axis, [v for v, _ in numbered], points, gains), style="bold"))


def _said(r: Result, thresholds: Thresholds) -> Iterator[RenderableType]:
    """Where the recipe's source says that it begins to pay."""
    axis = r.cell.settings[0][0]
    said = thresholds.get(r.recipes[0], {}).get(axis) if r.recipes else None
    if said:
        yield labelled("notes", Text(f"switch at {axis} = {numbers.as_given(said[0])} ({said[1]})", style="dim"))


def _free(r: Result) -> str:
    """What a row that was not measured can gain at most, from the share of time that was counted."""
    if not r.share or r.share >= 1:
        return ""
    least = f", Amdahl predicts {numbers.ratio(r.amdahl)}" if r.amdahl else ""
    return f"it replaces {numbers.percent(r.share)} of the time: at most {numbers.ratio(1 / (1 - r.share))}{least}"


def _cells(value: Value, r: Result, furthest: float) -> list[Text]:
    style = VERDICT_STYLES.get(r.verdict, "")
    bar = _bar(math.log(r.speedup.point) / furthest, style) if r.speedup and furthest else Text()
    return [
        Text(str(value)),
        Text(numbers.time(r.baseline_ns)),
        Text(numbers.time(r.candidate_ns)),
        Text(speedup_words(r)),
        Text(verdict_word(r), style=style),
        bar,
    ]


def _bar(share: float, style: str) -> Text:
    """A bar to the right of the middle for a share above 0, to the left below."""
    length = round(abs(share) * _HALF)
    left = "█" * length if share < 0 else ""
    right = "█" * length if share > 0 else ""
    return Text(f"{left:>{_HALF}}", style=style).append("│", style="dim").append(right)


_VAGUE = 1.0  # an interval of an exponent that leaves open whether time grows at all, or how


def _growth_words(axis: str, measured: Sequence[tuple[int, Result]]) -> str:
    values = [v for v, _ in measured]
    found = [
        (name, growth(values, [float(getattr(r, field) or 0) for _, r in measured]))
        for name, field in (("baseline", "baseline_ns"), ("candidate", "candidate_ns"))
    ]
    fits = [f"{name} {_scaling(axis, g)}" for name, g in found if g]
    ranges = next((f" (fitted from {g.start} to {g.end})" for _, g in found if g), "")
    return ", ".join(fits) + ranges if fits else "too few points for a fit"


def _scaling(axis: str, g: Growth) -> str:
    if g.high - g.low > _VAGUE:
        return "cannot be told from so few points"
    return f"as {axis}^{numbers.exponent(g.exponent, g.low, g.high)}"
