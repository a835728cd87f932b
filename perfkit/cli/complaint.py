"""What is said of an error: one line, what the measured code printed, and a hint."""

from __future__ import annotations

import sys

from perfkit.cli.terminal import say
from perfkit.errors import PerfkitError, WorkFailed
from perfkit.report.suggest import with_catalogs
from perfkit.report.visible import one_line

__all__ = ["complain"]


def complain(error: PerfkitError) -> None:
    """Say it on stderr; commands in its hint name the catalogues that the command line did."""
    first, *output = error.message.split("\n") if isinstance(error, WorkFailed) else [error.message]
    say(f"perfkit: {one_line(first)}")
    for line in output:  # what the measured code printed
        say(f"  | {line.removeprefix('| ')}")
    if error.hint:
        for number, line in enumerate(with_catalogs(error.hint, sys.argv[1:]).split("\n")):
            say(f"{'' if number else '  hint:':8}{one_line(line)}")
