"""The `perfkit` command: collects the commands, and is the one place where errors become exit codes."""

from __future__ import annotations

import itertools
import os
import sys
from typing import Annotated, NoReturn

import typer

from perfkit import __version__
from perfkit.cli import compare, doctor, explain, list_, new, profile, show
from perfkit.errors import PerfkitError

__all__ = ["app", "main"]

app = typer.Typer(
    name="perfkit",
    help="Is this optimisation real, here? Prove that it leaves the output right, then measure it.",
    no_args_is_help=False,
    add_completion=False,
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
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Is this optimisation real, here? Prove that it leaves the output right, then measure it."""
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit


app.command("compare")(compare.compare)
app.command("list")(list_.list_)
app.command("explain")(explain.explain)
app.command("profile")(profile.profile)
app.command("show")(show.show)
app.command("doctor")(doctor.doctor)
app.add_typer(new.app, name="new")


def main() -> None:
    """Run the command line; never a traceback for what perfkit knows to go wrong."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # typer makes it an exit with 1
            _leave(0)
        if leaving.code == 2 and _json_to_stdout(sys.argv):  # typer has said on stderr what is wrong
            _print_error("the command line does not fit; see standard error", "perfkit COMMAND --help", 2)
        raise
    except BrokenPipeError:
        _leave(0)
    except PerfkitError as error:
        _complain(error)
        sys.exit(error.code)
    except KeyboardInterrupt:
        print("perfkit: interrupted", file=sys.stderr)
        sys.exit(130)
    except OSError as error:
        print(f"perfkit: cannot write the output: {error.strerror or error}", file=sys.stderr)
        _leave(1)


def _leave(code: int) -> NoReturn:
    """Exit without another try to write what standard output did not take: the reader has gone, or it is full."""
    sys.stdout = open(os.devnull, "w")
    sys.exit(code)


def _complain(error: PerfkitError) -> None:
    """One line and a hint on stderr; where JSON was asked for on stdout, the one document it gets."""
    if _json_to_stdout(sys.argv):
        _print_error(error.message, error.hint, error.code)
    print(f"perfkit: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"  hint: {error.hint}", file=sys.stderr)


def _print_error(message: str, hint: str, code: int) -> None:
    import json

    print(json.dumps({"error": {"message": message, "hint": hint, "code": code}}))


def _json_to_stdout(words: list[str]) -> bool:
    return "--json=-" in words or ("--json", "-") in itertools.pairwise(words)
