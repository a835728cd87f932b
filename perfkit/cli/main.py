"""The `perfkit` command: collects the commands, and is the one place where errors become exit codes."""

from __future__ import annotations

import itertools
import os
import sys
from typing import Annotated

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
        app()
    except PerfkitError as error:
        _complain(error)
        sys.exit(error.code)
    except KeyboardInterrupt:
        print("perfkit: interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # the reader has what it wanted; keep Python from complaining again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _complain(error: PerfkitError) -> None:
    """One line and a hint on stderr; where JSON was asked for on stdout, the one document it gets."""
    if _json_to_stdout(sys.argv):
        import json

        print(json.dumps({"error": {"message": error.message, "hint": error.hint, "code": error.code}}))
    print(f"perfkit: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"  hint: {error.hint}", file=sys.stderr)


def _json_to_stdout(words: list[str]) -> bool:
    return "--json=-" in words or ("--json", "-") in itertools.pairwise(words)
