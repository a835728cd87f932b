"""How a command ends that has measured: what there is is written and printed, whatever cut it short; then that is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.cli.files import write_run
from perfkit.cli.interrupt import Interrupts
from perfkit.cli.terminal import drop_output, emit, say
from perfkit.errors import PerfkitError
from perfkit.report.visible import one_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from perfkit.result import Document

__all__ = ["until_cut_short", "write_and_print"]


def until_cut_short(measure: Callable[[], Document]) -> tuple[Document, Exception | None]:
    """What was measured, and the error that cut it short."""
    from perfkit.result import CutShort

    try:
        return measure(), None
    except CutShort as cut:
        return cut.document, cut.error


def write_and_print(
    document: Document,
    failed: Exception | None,
    interrupts: Interrupts,
    *,
    report: Callable[[Document], RenderableType],
    json: Path | None,
    save: Path | None,
    markdown: Path | None = None,
) -> Document:
    """Write the files, print the report, and give the document that they hold. Raises `failed` last, unless a signal
    tells how this ended: then it is only said."""
    if interrupts.asked:
        document = replace(document, status="interrupted")
    try:
        document = _written(document, interrupts, failed, json=json, save=save, markdown=markdown)
    finally:  # a full disk must not take the table with it
        if "-" not in (str(json), str(markdown)):
            emit(report(document), lost=bool(interrupts.asked or failed))
    if failed is not None:
        if not interrupts.asked:
            raise failed
        say(one_line(f"perfkit: {failed}"))
    return document


def _written(
    document: Document,
    interrupts: Interrupts,
    failed: Exception | None,
    *,
    json: Path | None,
    save: Path | None,
    markdown: Path | None,
) -> Document:
    """Write the files, and give the document that they hold. One that cannot be written is only said where a signal or
    `failed` tells how this ended; the run itself has been rescued."""
    # who has stopped reading wants no copy that he has not asked for
    rescued = failed is not None and not isinstance(failed, BrokenPipeError)
    try:
        write_run(document, json=json, save=save, markdown=markdown, rescued=rescued)
        if interrupts.asked and document.status != "interrupted":  # it came while the files were being written
            document = replace(document, status="interrupted")
            write_run(document, json=_file(json), save=_file(save), markdown=_file(markdown))
    except (PerfkitError, OSError) as error:
        if not (interrupts.asked or failed):
            raise
        if isinstance(error, BrokenPipeError):
            drop_output()
        say(one_line(f"perfkit: {error}"))
    return document


def _file(path: Path | None) -> Path | None:
    """A file that can be written again, or None: what went into a pipe stays there."""
    return path if path is not None and path.is_file() else None
