"""The command line of a benchmark: its own options, and `--smoke`, which every benchmark has.

`--smoke` runs the same code on next to nothing, so that the tests see when it no longer runs. What it prints is no
claim, and it writes no file of data.
"""

from __future__ import annotations

import argparse

__all__ = ["Arguments"]

_NOTE = "smoke: this shows that the benchmark runs; its figures make no claim"


class Arguments(argparse.ArgumentParser):
    """Options of a benchmark whose docstring is `about`."""

    def __init__(self, about: str | None) -> None:
        super().__init__(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
        self.add_argument("--smoke", action="store_true", help="the same code on next to nothing: no claim, no data")

    def chosen(self) -> argparse.Namespace:
        """What the command line says; a smoke run says that it is one."""
        options = self.parse_args()
        if options.smoke:
            print(_NOTE, flush=True)
        return options
