"""The before/after table of functions: one section, a row for each candidate and each set of arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from perfkit.report.compare import below, cells_of, footer, shown, styled
from perfkit.report.lines import columns_that_fit, labelled, narrowed, table_line
from perfkit.report.words import environment_line, what_words
from perfkit.result import Document

__all__ = ["FunctionsReport", "short_names"]

_RIGHT = (2, 3)
_SPARE = (6, 2, 3)  # what goes first where the width does not suffice: the proof line repeats the output
_SHORTER = (0, 1, 4)  # what is cut next: the verdict stays whole
_RECURS = "cold: a first call, in a process that has called nothing before · warm: the same arguments again"
_RECURS += ", which a cache answers for nothing"
_LONGEST = 24  # cells of a name over a column


@dataclass(frozen=True)
class FunctionsReport:
    """The whole report of one comparison of functions; fits itself to the width it is given."""

    document: Document

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        document = shown(self.document)
        rows = document.results
        baseline = rows[0].cell.target
        names = short_names([baseline, *(r.recipes[0] for r in rows)])
        candidates = list(dict.fromkeys(r.recipes[0] for r in rows))
        several = len(candidates) > 1
        heads = ["", "", names[baseline], "after" if several else names[candidates[0]]]
        if any(cell_len(head) > _LONGEST for head in heads):
            heads[2:] = ["before", "after"]
        heads += ["speed-up (95 %)", "verdict", "output"]
        cells = [(names[r.recipes[0]] if several else "", *cells_of(r, what_words(r))[1:]) for r in rows]
        widths = [max([cell_len(c[i]) for c in cells] + [cell_len(heads[i])]) for i in range(len(heads))]
        columns = [i for i in columns_that_fit(widths, _SPARE, options.max_width) if i or several]
        widths = narrowed(widths, columns, _SHORTER, options.max_width)
        title = f"{baseline} against {len(candidates)} others" if several else f"{baseline} → {candidates[0]}"
        yield Text(title, style="bold")
        yield Text(environment_line(document.environment), style="dim")
        yield Text()
        yield table_line([Text(head, style="dim") for head in heads], widths, columns, _RIGHT)
        for r, line in zip(rows, cells, strict=True):
            yield table_line(styled(line, r), widths, columns, _RIGHT)
        yield Text()
        if any(r.cell.state for r in rows):
            yield labelled("note", Text(_RECURS, style="dim"))
        for candidate, group in groupby(rows, key=lambda r: r.recipes[0]):
            if several:
                yield Text(names[candidate], style="bold")
            yield from below(list(group))
        yield Text()
        yield from footer(document)


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Each function by what stands after its colon, where that tells it from the others."""
    short = {name: name.rpartition(":")[2] for name in names}
    taken = [*short.values()]
    return {name: s if taken.count(s) == 1 else name.rpartition("/")[2] for name, s in short.items()}
