"""The measured region of a profile."""

from __future__ import annotations

import sys

from perfkit.errors import PerfkitError
from perfkit.protocol.profiling import (
    ListedFiles,
    ListFiles,
    OpenedRegion,
    OpenRegion,
    PreparedRegion,
    PrepareRegion,
    RanRegion,
    RunRegion,
)
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.region import Region
from perfkit.worker.source import Source
from perfkit.worker.stateful import drives_singly

__all__ = ["Profiling"]


class Profiling:
    """Runs regions of one target."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._region: Region | None = None

    def handlers(self) -> Handlers:
        """What it answers."""
        return {OpenRegion: self.open, PrepareRegion: self.prepare, RunRegion: self.run, ListFiles: self.files}

    def open(self, request: OpenRegion) -> OpenedRegion:
        """Build what will be profiled and call it once; answer where it runs and where its seams stand."""
        subject = self._source.macro(request.workload, request.size, request.recipes)
        one_at_a_time = drives_singly(self._source.workload(request.workload), known=request.stateful)
        self._region = Region(subject, self._source.seed, one_at_a_time=one_at_a_time)
        return self._region.describe()

    def prepare(self, request: PrepareRegion) -> PreparedRegion:
        """Make the inputs of the region to come."""
        return PreparedRegion(calls=self._opened().ready(request.calls))

    def run(self, request: RunRegion) -> RanRegion:
        """Run the region, bare or under a profiler of this process."""
        return self._opened().run(request.under, request.rate)

    def files(self, request: ListFiles) -> ListedFiles:
        """The source files of all modules that are loaded."""
        names = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        return ListedFiles(files=tuple(name for name in names if isinstance(name, str) and name.endswith(".py")))

    def _opened(self) -> Region:
        if self._region is None:
            raise PerfkitError("the worker was asked to profile before it was told what")
        return self._region
