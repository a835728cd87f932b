"""The `perfkit` command: collects the commands, and is the one place where errors become exit codes."""

from __future__ import annotations

import functools
import gc
import io
import itertools
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn, cast

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from perfkit import __version__
from perfkit.cli import bench, compare, doctor, explain, list_, new, profile, show
from perfkit.cli.code import CodeCommand
from perfkit.cli.complaint import complain
from perfkit.cli.completion import ASKED, complete
from perfkit.cli.interrupt import Stopped
from perfkit.cli.terminal import document_printed, emit_json, open_streams, say
from perfkit.cli.typed import Commands, misuse, reworded
from perfkit.errors import Interrupted, PerfkitError
from perfkit.report.suggest import with_catalogs

__all__ = ["GC_THRESHOLD", "app", "main"]

# results are large, live to the end and hold no cycles; looking for some took a quarter of the time of a large report
GC_THRESHOLD = (200_000, 20, 100)

app = typer.Typer(
    name="perfkit",
    cls=Commands,
    help="Is this optimisation real, here? Prove that it leaves the output right, then measure it.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"perfkit {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def perfkit(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Is this optimisation real, here? Prove that it leaves the output right, then measure it."""
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit


app.command("compare", cls=CodeCommand)(compare.compare)
app.command("bench")(bench.bench)
app.command("list")(list_.list_)
app.command("explain")(explain.explain)
app.command("profile", cls=CodeCommand)(profile.profile)
app.command("show")(show.show)
app.command("doctor")(doctor.doctor)
app.add_typer(new.app, name="new")


def main() -> None:
    """Run the command line; never a traceback for what perfkit knows to go wrong."""
    open_streams()
    gc.set_threshold(*GC_THRESHOLD)
    if ASKED in os.environ:
        complete(app)
    try:
        try:
            code = _run(sys.argv[1:])
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave(0)
    except TyperException as error:
        code = _complain(misuse(error, sys.argv[1:], _commands()))
    except PerfkitError as error:
        code = _complain(error)
    except KeyboardInterrupt as stop:
        code = _complain(Interrupted("interrupted", code=stop.code if isinstance(stop, Stopped) else Interrupted.code))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _leave(_complain(PerfkitError(f"the system refused: {place}{error.strerror or error}")))
    except Exception as error:
        import traceback

        say("".join(traceback.format_exception(error)))
        what = f"this is a bug in perfkit: {type(error).__name__}: {error}"
        code = _complain(PerfkitError(what, hint="please report it with the lines above"))
    sys.exit(code)


def _run(words: list[str]) -> int:
    """Parse and invoke; typer's own `main` would print usage errors itself, and turn Ctrl-C and closed pipes into exits."""
    command = _commands()
    try:
        with command.make_context("perfkit", reworded(words, command)) as context:
            command.invoke(context)
    except typer.Exit as leaving:
        return leaving.exit_code
    return 0


@functools.cache
def _commands() -> Commands:
    """The commands as the parser has them; a mistake is put into words by them too."""
    return cast("Commands", get_command(app))


def _leave(code: int) -> NoReturn:
    """Exit without another try to write what standard output did not take: the reader has gone, or it is full."""
    sys.stdout = io.StringIO()
    sys.exit(code)


def _complain(error: PerfkitError) -> int:
    """One line and a hint on stderr; where JSON was asked for on stdout, the one document it gets. Returns the code."""
    complain(error)
    if _json_to_stdout(sys.argv[1:]) and not document_printed():
        from perfkit.report.data.envelope import ErrorData, ErrorDocument
        from perfkit.report.document import to_json

        hint = with_catalogs(error.hint, sys.argv[1:])
        content = ErrorData(message=error.message, hint=hint, code=error.code)
        try:
            emit_json(to_json(ErrorDocument(error=content)), Path("-"))
        except OSError:
            _leave(error.code)
    return error.code


def _json_to_stdout(words: list[str]) -> bool:
    """Whether the last --json among the words is for standard output; they need not parse."""
    wanted = False
    for word, following in itertools.pairwise([*words, ""]):
        if word == "--":
            break
        if word == "--json" or word.startswith("--json="):
            wanted = word == "--json=-" or (word, following) == ("--json", "-")
    return wanted
