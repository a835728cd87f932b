"""Where commands print: tables to stdout, progress to stderr and only on a terminal.

Nothing is printed but through here, so that no text that perfkit did not write can steer the terminal.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, TextIO, cast

import typer

from perfkit.errors import UsageError
from perfkit.report.visible import ascii_json, look_alikes, one_line, visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from perfkit.result import Result
    from perfkit.settings import Watcher

__all__ = [
    "CatalogOption",
    "JsonOption",
    "VerboseOption",
    "console",
    "document_printed",
    "drop_output",
    "emit",
    "emit_aside",
    "emit_json",
    "emit_line",
    "emit_text",
    "named_path",
    "open_streams",
    "progress",
    "say",
]


def named_path(text: str | Path) -> Path:
    """A file or folder as it was typed. Raises UsageError for an empty name, which would mean the current folder."""
    if not str(text):
        raise UsageError(
            "an empty name is not a file or folder", hint="is a shell variable unset? . is the current folder"
        )
    return Path(text)


CatalogOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--catalog",
        metavar="DIR",
        parser=named_path,
        help="Another catalogue of recipes and targets; its code is run.",
    ),
]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Print all warnings, not only the worst.")]
JsonOption = Annotated[
    Path | None,
    typer.Option("--json", metavar="FILE", parser=named_path, help="Write the results as JSON; - for standard output."),
]
_PLAIN_WIDTH = 100
_BELOW = 6  # lines that the bar, the head of the board and the plan need
_EARLY = 10  # functions of the first profile, above the bar
_WIDEST = 1000
_printed = False  # whether standard output already carries a JSON document


def open_streams() -> None:
    """Make standard streams that take any text: a closed one is the null device, no encoding raises."""
    global _printed
    _printed = False
    codecs.register_error("perfkit", look_alikes)
    for name in ("stdin", "stdout", "stderr"):  # in this order: each takes the descriptor that stands free
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115 - for as long as we live
        elif isinstance(stream, io.TextIOWrapper) and name != "stdin":
            stream.reconfigure(errors="perfkit")


def document_printed() -> bool:
    """Whether standard output already carries a JSON document: then no second one follows."""
    return _printed


def console(stream: TextIO | None = None) -> Console:
    """Standard output, or another: as wide as the terminal, 100 columns when piped, no colour when not wanted."""
    from rich.console import Console

    stream = stream or sys.stdout
    # markup off: a name in square brackets is a name
    return Console(
        file=stream, width=_width(stream), height=25, highlight=False, soft_wrap=False, markup=False, emoji=False
    )


def _width(stream: TextIO) -> int:
    wanted = os.environ.get("COLUMNS", "")
    if stream.isatty():
        width = shutil.get_terminal_size().columns
    elif wanted.isdecimal() and len(wanted) < 10 and int(wanted) > 0:
        width = int(wanted)
    else:
        width = _width_of_pager(stream) or _PLAIN_WIDTH
    room = 0 if _unicode(stream.encoding) else 4  # "..." is two wider than its sign; two cells of a line may be cut
    return max(1, min(width, _WIDEST) - room)


def _width_of_pager(stream: TextIO) -> int:
    """The terminal's width, where a pipe leads to a program that shows it there; 0 where none is known."""
    try:
        if stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode) and sys.stderr.isatty():
            return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):  # a stream of a test's own
        pass
    return 0


def _unicode(encoding: str | None) -> bool:
    return (encoding or "").lower().startswith("utf")


@dataclass(frozen=True)
class _Visible:
    """A report whose text is made visible where it is drawn, after all markup and layout: nothing slips past."""

    report: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.report, options):
            yield segment if segment.control else segment._replace(text=visible(segment.text))


def emit(report: RenderableType, *, lost: bool = False) -> None:
    """Print a report; without the padding at line ends when it goes to a file or a pipe.

    `lost`: the reader may have gone (a connection that was dropped), and that is then no error.
    """
    try:
        _emit(report, sys.stdout)
        if lost:
            sys.stdout.flush()
    except OSError:
        if not lost:
            raise
        drop_output()


def drop_output() -> None:
    """Standard output takes no more: drop what it has not taken, which would be tried again when perfkit ends."""
    sys.stdout = io.StringIO()


def emit_aside(report: RenderableType) -> None:
    """Print a report to stderr: standard output is the program's own. One that takes nothing is no reason to stop."""
    try:
        _emit(report, sys.stderr)
        sys.stderr.flush()
    except OSError:
        sys.stderr = io.StringIO()


def _emit(report: RenderableType, stream: TextIO) -> None:
    screen = console(stream)
    if screen.is_terminal:
        screen.print(_Visible(report), crop=False)
        return
    with screen.capture() as captured:
        screen.print(_Visible(report), crop=False)
    stream.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def emit_line(line: str) -> None:
    """Print one line to standard output."""
    print(one_line(line))


def emit_json(text: str, path: Path) -> None:
    """Write JSON to a file, or to standard output for `-`."""
    if str(path) == "-":
        global _printed
        _printed = True
        text = text if _unicode(sys.stdout.encoding) else ascii_json(text)
    emit_text(text, path)


def emit_text(text: str, path: Path) -> None:
    """Write text to a file, or to standard output for `-`."""
    if str(path) == "-":
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        return
    from perfkit.report.document import write_text

    write_text(text + "\n", path)


def say(text: str) -> None:
    """Print to stderr; a stderr that takes nothing is no reason to stop."""
    try:
        print(visible(text), file=sys.stderr, flush=True)
    except OSError:
        sys.stderr = io.StringIO()  # nor may the last flush of the interpreter change the exit code


class _Lossy:
    """A stream that may be gone: what it does not take is dropped, and the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Characters of `text`, written or not."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """As a stream's."""
        with contextlib.suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def progress(total_s: float) -> Iterator[Watcher]:
    """A watcher that shows what is being done, for as long as the block runs."""
    from perfkit.settings import Watcher

    if not sys.stderr.isatty():
        yield Watcher(planned=lambda line: say(one_line(f"plan: {line}")))
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    words = TextColumn("{task.description}", markup=False)
    columns = (words, BarColumn(bar_width=24), TimeElapsedColumn(), TimeRemainingColumn())
    size = shutil.get_terminal_size()
    screen = Console(
        file=cast("IO[str]", _Lossy(sys.stderr)),
        width=min(size.columns, _WIDEST),
        height=size.lines,
        markup=False,
        emoji=False,
    )
    above: list[RenderableType] = []

    class _WithTable(Progress):
        """The bar, and what there is so far above it; both go when the report comes."""

        def get_renderables(self) -> Iterator[RenderableType]:
            yield from above
            yield from super().get_renderables()

    def profiled(profile: Any) -> None:
        from perfkit.report.profiles.profile import early_report

        above[:] = [_Visible(early_report(profile, max(1, min(_EARLY, size.lines - 8))))]

    def so_far(results: Sequence[Result]) -> None:
        from perfkit.report.leaders import leaders

        board = leaders(results, max(1, size.lines - _BELOW))
        above[:] = [_Visible(board)] if board is not None else []

    with _WithTable(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        yield Watcher(
            doing=lambda what, fraction: bar.update(task, description=one_line(what), completed=fraction),
            planned=lambda line: screen.print(f"plan: {one_line(line)}", style="dim", highlight=False),
            profiled=profiled,
            so_far=so_far,
        )
