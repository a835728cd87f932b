"""Where commands print: tables to stdout, progress to stderr and only on a terminal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from perfkit.settings import Watcher

__all__ = ["CatalogOption", "JsonOption", "console", "emit", "emit_json", "progress"]

CatalogOption = Annotated[
    list[Path] | None,
    typer.Option("--catalog", metavar="DIR", help="Another catalogue of recipes and targets; its code is run."),
]
JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the results as JSON; - for standard output.")
]
_PLAIN_WIDTH = 100


def console() -> Console:
    """Standard output: as wide as the terminal, 100 columns when piped, no colour when not wanted."""
    from rich.console import Console

    wanted = os.environ.get("COLUMNS", "")
    piped = int(wanted) if wanted.isdecimal() and int(wanted) > 0 else _PLAIN_WIDTH
    width = None if sys.stdout.isatty() else piped
    return Console(width=width, highlight=False, soft_wrap=False)


def emit(report: RenderableType) -> None:
    """Print a report; without the padding at line ends when it goes to a file or a pipe."""
    screen = console()
    if screen.is_terminal:
        screen.print(report)
        return
    with screen.capture() as captured:
        screen.print(report)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def emit_json(text: str, path: Path) -> None:
    """Write JSON to a file, or to standard output for `-`."""
    if str(path) == "-":
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        return
    from perfkit.report.document import write_text

    write_text(text + "\n", path)


@contextmanager
def progress(total_s: float) -> Iterator[Watcher]:
    """A watcher that shows what is being done, for as long as the block runs."""
    from perfkit.settings import Watcher

    def planned(line: str) -> None:
        print(f"plan: {line}", file=sys.stderr)

    if not sys.stderr.isatty():
        yield Watcher(planned=planned)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn(), TimeRemainingColumn())
    screen = Console(stderr=True, width=shutil.get_terminal_size().columns)
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield Watcher(
            doing=lambda what, fraction: bar.update(task, description=what, completed=fraction),
            planned=lambda line: screen.print(f"plan: {line}", style="dim", highlight=False),
        )
