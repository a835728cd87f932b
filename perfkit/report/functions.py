"""The before/after table of functions: one section, a row for each candidate and each set of arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from perfkit.report.compare import below, cells_of, shown, styled
from perfkit.report.footer import footer
from perfkit.report.interval import HEAD
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
    verbose: bool = False

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
        heads += [HEAD, "verdict", "output"]
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
        yield from footer(document, verbose=self.verbose)


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Each function by what stands after its colon, and as much before it as tells it from the others."""
    return {name: next(short for short in _ever_longer(name) if _is_alone(short, name, names)) for name in names}


def _ever_longer(name: str) -> Iterator[str]:
    yield name.rpartition(":")[2]
    parts = name.split("/")
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[-count:])


def _is_alone(short: str, name: str, names: Sequence[str]) -> bool:
    return short == name or not any(short in _ever_longer(other) for other in names if other != name)
