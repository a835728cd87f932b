"""The lines that reports are made of: columns that give way in a narrow terminal, and labels in a margin."""

from __future__ import annotations

import shlex
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

__all__ = ["Columns", "Commands", "columns_that_fit", "labelled", "narrowed", "table_line"]

_GAP = 2
_SHORTEST = 8


def columns_that_fit(widths: Sequence[int], spare: Sequence[int], width: int) -> list[int]:
    """The columns to show in `width` cells: all, or without the first few of `spare`."""
    columns = list(range(len(widths)))
    for column in spare:
        if _sum(widths, columns) > width:
            columns.remove(column)
    return columns


def narrowed(widths: Sequence[int], columns: Sequence[int], shorter: Sequence[int], width: int) -> list[int]:
    """The widths, those of `shorter` cut in turn, down to 8 cells each, until `columns` fit into `width` cells."""
    cut = list(widths)
    for i in shorter:
        over = max(0, _sum(cut, columns) - width)
        cut[i] = max(min(cut[i], _SHORTEST), cut[i] - over)
    return cut


def _sum(widths: Sequence[int], columns: Sequence[int]) -> int:
    return sum(widths[i] + _GAP for i in columns) - _GAP


def table_line(cells: Sequence[Text], widths: Sequence[int], columns: Sequence[int], right: Container[int]) -> Text:
    """One line of a table: the columns that fit, their cells padded; those of `right` stand to the right."""
    line = Text(no_wrap=True, overflow="ellipsis")
    for i in columns:
        cells[i].truncate(widths[i], overflow="ellipsis")
        space = Text(" " * (widths[i] - cells[i].cell_len))
        line.append_text(space + cells[i] if i in right else cells[i] + space)
        line.append(" " * _GAP)
    line.rstrip()
    return line


def labelled(label: str, text: Text, width: int = 6) -> RenderableType:
    """A label in a margin of `width` cells, and text that wraps beside it."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=width)
    grid.add_column()
    grid.add_row(Text(label, style="dim"), text)
    return grid


@dataclass(frozen=True)
class Commands:
    """Commands to type, parted by ` · `, in one line where they fit; else one below the other, broken for a shell."""

    text: str
    label: str = ""
    margin: int = 0
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width - self.margin - (1 if self.label else 0)
        lines = [self.text]
        if cell_len(self.text) > room:
            lines = [line for command in self.text.split(" · ") for line in _broken(command, room)]
        text = Text("\n".join(lines), style=self.style)
        yield labelled(self.label, text, self.margin) if self.label else text


def _broken(command: str, room: int) -> list[str]:
    """The lines of one command: a backslash ends each but the last, and a remark has a line of its own."""
    body, _, remark = command.partition("  # ")
    try:
        words = [shlex.quote(word) for word in shlex.split(body)]
    except ValueError:
        return [command]
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}" if lines[-1].strip() else lines[-1] + word
        if cell_len(longer) + 2 > room and lines[-1].strip():
            lines[-1] += " \\"
            longer = f"  {word}"
            lines.append("")
        lines[-1] = longer
    return [*lines, f"# {remark}"] if remark else lines


@dataclass(frozen=True)
class Columns:
    """A table whose figures stay whole.

    In a narrow terminal the columns of `spare` go, in turn, and those of `shorter` are cut to the cells it gives.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[Text]]
    right: Container[int]
    shorter: Mapping[int, int]
    spare: Sequence[int] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = [Text(name, style="dim") for name in self.heads]
        every = [head, *self.rows]
        widths = [max(cells[i].cell_len for cells in every) for i in range(len(head))]
        least = [min(w, self.shorter.get(i, w)) for i, w in enumerate(widths)]
        columns = columns_that_fit(least, self.spare, options.max_width)
        room = options.max_width - _sum(least, columns)
        for i in self.shorter:  # what is left goes to the first of them, as far as it needs it
            least[i], room = min(widths[i], least[i] + max(0, room)), room - (widths[i] - least[i])
        widths = narrowed(least, columns, list(self.shorter), options.max_width)
        for cells in every:
            yield table_line([cell.copy() for cell in cells], widths, columns, self.right)
