"""Peak memory: the second pass, in a fresh process for each variant."""

from __future__ import annotations

import gc
import sys
from functools import partial

from perfkit import schedule
from perfkit.protocol.peak_memory import PeakTaken, TakePeak
from perfkit.worker.guard import blaming, user_code
from perfkit.worker.handlers.table import Handlers
from perfkit.worker.inputs.arguments import ArgumentSpec
from perfkit.worker.lazy.consume import call
from perfkit.worker.peak_memory import Resident, Traced, calls_torch, highest
from perfkit.worker.side_effects import acquaint
from perfkit.worker.source import Source
from perfkit.worker.subject import Subject

__all__ = ["Peaks"]

_SPARE, _STOCK_S = 8, 2.0  # recorded calls beside those that are counted, and how long recording them may take


class Peaks:
    """Builds a variant and says how much memory it took."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def handlers(self) -> Handlers:
        """What it answers."""
        return {TakePeak: self.take}

    def take(self, request: TakePeak) -> PeakTaken:
        """A first instance loads and compiles what there is, and makes the inputs; two more are counted, each anew."""
        source, cell = self._source, request.cell
        acquaint(source, cell.workload)
        spec = source.spec(cell.workload, cell.point, cell.seam, cell.on) if cell.seam else None
        if spec is not None and spec.recording is not None:
            spec.recording.keep(sys.maxsize)
            spec.recording.stock(2 * request.calls + _SPARE, _STOCK_S)
        build = partial(self._subject, request, spec)
        first, *streams = (schedule.stream(source.seed, "peak", number) for number in range(request.calls + 1))
        whole = cell.seam is None  # a seam's instance holds what its arguments are drawn from

        def once() -> tuple[Subject, bool]:
            subject = build()
            argument = subject.prepare(subject.data(first))
            with subject.around():
                return subject, calls_torch(lambda: call(subject, argument))

        def resident() -> int | None:
            return highest(Resident(), build, inputs, built=whole) if Resident.works() else None

        def traced() -> int:
            with Traced() as meter:
                return highest(meter, build, inputs, built=whole)

        with blaming(request.role):
            feeder, torch = user_code("before its memory is counted", once)
            gc.collect()
            gc.freeze()  # what is there already is not looked through again and again
            inputs = user_code("making inputs", lambda: [feeder.data(stream) for stream in streams])
            rss = user_code("while its resident memory is counted", resident)
            traced_bytes = user_code("while its memory is traced", traced)
            feeder.close()
            gc.unfreeze()
        return PeakTaken(traced_bytes=traced_bytes, rss_bytes=rss, torch=torch)

    def _subject(self, request: TakePeak, spec: ArgumentSpec | None) -> Subject:
        cell, variant = request.cell, (*request.cell.on, *request.recipes)
        if cell.seam is None or spec is None:
            return self._source.macro(cell.workload, cell.point, variant)
        return self._source.seam(cell.seam, variant, spec)
