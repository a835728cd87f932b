"""Extreme inputs of a workload, one after the other."""

from __future__ import annotations

from functools import partial

from perfkit.errors import PerfkitError
from perfkit.protocol.extremes import (
    Attempted,
    AttemptExtreme,
    Expected,
    ExpectExtreme,
    OpenedExtremes,
    OpenExtremes,
)
from perfkit.worker.extreme_answers import ExtremeAnswers, leave_room
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.source import Source

__all__ = ["Extremes"]


class Extremes:
    """Tries extremes on instances of one target."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._extremes: ExtremeAnswers | None = None

    def handlers(self) -> Handlers:
        """What it answers."""
        return {OpenExtremes: self.open, ExpectExtreme: self.expect, AttemptExtreme: self.attempt}

    def open(self, request: OpenExtremes) -> OpenedExtremes:
        """Build what extremes of a workload's own input are tried on; answer their names."""
        build = partial(self._source.macro, request.workload, self._source.proof_size(request.workload))
        rule = self._source.rule(request.recipes, seam=False)
        both = (*request.on, *request.recipes)
        self._extremes = ExtremeAnswers(lambda: build(request.on), lambda: build(both), rule, self._source.seed)
        leave_room()
        return OpenedExtremes(names=tuple(self._extremes.names))

    def expect(self, request: ExpectExtreme) -> Expected:
        """What the baseline makes of one extreme."""
        return self._opened().expect(request.extreme)

    def attempt(self, request: AttemptExtreme) -> Attempted:
        """Whether the candidate makes the same of it."""
        return self._opened().attempt(request.extreme)

    def _opened(self) -> ExtremeAnswers:
        if self._extremes is None:
            raise PerfkitError("the worker was asked to try an extreme before it was told of what")
        return self._extremes
