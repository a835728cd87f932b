"""What the command line says of a profile, of whatever is profiled."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from perfkit.cli.values import writable
from perfkit.settings import Settings

__all__ = ["ProfileOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileOptions:
    """`threads` and `catalogs` mean nothing for a program, `only` and `exit_code` nothing for anything else."""

    timeout_s: float | None
    named: bool  # whether profilers were named
    top: int
    json: Path | None
    exports: Sequence[Path]
    threads: int | None = None
    catalogs: Sequence[Path] = ()
    only: str | None = None
    exit_code: bool = False
    verbose: bool = False  # what each profiler cost, and where they disagree

    @property
    def settings(self) -> Settings:
        """How a session is to run."""
        catalogs = tuple(Path(os.path.realpath(folder)) for folder in self.catalogs)
        settings = Settings(threads=self.threads or 1, pools=self.threads, catalogs=catalogs)
        return settings if self.timeout_s is None else replace(settings, timeout_s=self.timeout_s)

    def check(self, profilers: Sequence[str]) -> None:
        """Raise UsageError for files that cannot be written, or not from what these profilers see."""
        from perfkit.report.profiles.export import check_exports

        check_exports(self.exports, profilers)
        for path in (self.json, *self.exports):
            writable(path)
