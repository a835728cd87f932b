"""The files that a run is written to: as it goes, when it ends, and elsewhere when they cannot be written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from perfkit.cli.terminal import emit_json, emit_text, say
from perfkit.cli.values import writable
from perfkit.errors import PerfkitError, UsageError
from perfkit.report.visible import one_line

if TYPE_CHECKING:
    from perfkit.result import Document

__all__ = ["check_files", "saver", "write_run"]


def check_files(json: Path | None, save: Path | None, markdown: Path | None = None) -> None:
    """Raise UsageError for places that cannot be written to, before anything runs."""
    for path in (json, save, markdown):
        writable(path)
    if str(save) == "-":
        raise UsageError("--save needs a file", hint="--json - prints the run on standard output")
    if str(json) == str(markdown) == "-":
        raise UsageError("--json - and --markdown - both want standard output", hint="give one of them a file")


def saver(*paths: Path | None) -> Callable[[Document], None] | None:
    """Writes a long run's results so far into its files; a disk that is full now may have room at the end."""
    files = [path for path in paths if path is not None and (path.is_file() or not path.exists()) and str(path) != "-"]
    failed: set[str] = set()

    def keep(document: Document) -> None:
        from perfkit.report.document import to_json

        for path in files:
            try:
                emit_json(to_json(document), path)
            except PerfkitError as error:
                if error.message not in failed:
                    say(one_line(f"perfkit: {error.message}; measuring goes on"))
                failed.add(error.message)

    return keep if files else None


def write_run(
    document: Document, *, json: Path | None, save: Path | None, markdown: Path | None, rescued: bool = False
) -> None:
    """Write a run to every file that takes it; where none takes it whole, to the temporary folder as well.

    `rescued`: it goes there also where no file is named. Raises the first error after all have been tried.
    """
    from perfkit.report.document import to_json
    from perfkit.report.markdown import compare_markdown

    errors: list[PerfkitError | OSError] = []
    saved = False
    for path in (save, json, markdown):
        if path is None or _spared(document, path):
            continue
        try:
            if path is markdown:
                emit_text(compare_markdown(document), path)
            else:
                emit_json(to_json(document), path)
                saved = True
        except BrokenPipeError:  # who has read enough wants no copy
            raise
        except (PerfkitError, OSError) as error:
            errors.append(error)
    if (errors or rescued) and not saved and document.samples:
        _rescue(document)
    if errors:
        raise errors[0]


def _rescue(document: Document) -> None:
    from perfkit.report.document import to_json, write_text

    try:
        handle, name = tempfile.mkstemp(prefix="perfkit-run-", suffix=".json")
        os.close(handle)
        write_text(to_json(document) + "\n", Path(name))
    except (PerfkitError, OSError):
        say("perfkit: the run cannot be saved in the temporary folder either: set TMPDIR to one with room")
        return
    say(one_line(f"perfkit: the run is saved as {name}"))


def _spared(document: Document, path: Path) -> bool:
    """Whether a file stays as it is: an older run is worth more than one that ended before its first sample."""
    if document.status != "interrupted" or document.samples or str(path) == "-":
        return False
    if path.exists() and not path.is_file():  # a pipe or a device keeps nothing, and its reader waits
        return False
    say(one_line(f"perfkit: nothing was measured: {path} is {'left as it was' if path.exists() else 'not written'}"))
    return True
