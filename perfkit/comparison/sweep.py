"""One recipe along an axis: a whole comparison at every point, joined into one document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from perfkit.axis import THREADS, Sweep, read_axis
from perfkit.comparison.plan import Plan
from perfkit.comparison.run import Comparison, run
from perfkit.errors import UsageError, WorkFailed
from perfkit.result import STATUSES, WRONG, CutShort, Document
from perfkit.settings import Watcher

__all__ = ["along", "run_sweep"]


def along(plan: Plan, sweep: Sweep) -> Plan:
    """The plan on the workload that has the axis: the one asked for, or the first. Raises UsageError, UnknownName."""
    if len(plan.variants) != 1:
        raise UsageError("--sweep follows one recipe", hint="name one --recipe")
    plan = replace(plan, other_threads=None, points=len(sweep.values))
    target = plan.target
    if plan.workload == "all":
        raise UsageError("--sweep follows one workload", hint="name one --workload")
    if plan.workload is not None:
        sweep.check(f"{target.id}/{plan.workload}", target.workload(plan.workload).axes)
        return plan
    if sweep.axis == THREADS:
        return plan
    able = [w for w in target.workloads if sweep.axis in {read_axis(axis).name for axis in w.axes}]
    if not able:
        sweep.check(target.id, sorted({axis for w in target.workloads for axis in w.axes}))
    measured = [w for w in able if w.id in plan.workloads(plan.variants[0])]
    chosen = (measured or able)[0]
    sweep.check(f"{target.id}/{chosen.id}", chosen.axes)
    return replace(plan, workload=chosen.id)


def run_sweep(asked: Comparison, sweep: Sweep, measure: Callable[[Comparison], Document] = run) -> Document:
    """Prove and measure at each point in turn, each with its part of the budget; Ctrl-C keeps the points so far.

    A point at which the model cannot be built, say, becomes a warning, with what was measured there before; where that
    is so at every point, it is raised.
    Raises CutShort, with the points so far, where anything else goes wrong after the first sample.
    """
    points = _Points(asked, sweep)
    failures: list[WorkFailed] = []
    for number, value in enumerate(sweep.values):
        place = f"at {sweep.axis} {value}, point {number + 1} of {len(sweep.values)}"
        try:
            document = measure(points.comparison(number))
        except WorkFailed as error:
            failures.append(error)
            points.warnings.append(f"{sweep.axis} {value}: {error.message}")
            continue
        except CutShort as cut:
            if not isinstance(cut.error, WorkFailed):
                points.done.append(_reached(cut.document, place))
                raise CutShort(cut.error, points.joined()) from cut.error
            failures.append(cut.error)
            points.warnings.append(f"{sweep.axis} {value}: {cut.error.message}")
            document = replace(cut.document, status="budget", reached="")  # what there is of it stays
        except Exception as error:
            if not points.done:
                raise
            points.done[-1] = _reached(points.done[-1], f"by an error {place}")
            raise CutShort(error, points.joined()) from error
        if document.status == "interrupted":
            points.done.append(_reached(document, place))
            break
        points.done.append(document)
    if not points.done:
        raise failures[0]
    if len(failures) == len(sweep.values):
        raise CutShort(failures[0], points.joined())
    return points.joined()


def _reached(document: Document, place: str) -> Document:
    """The last point of a sweep that came no further."""
    return replace(document, status="interrupted", reached=f"{place} {document.reached}".rstrip())


class _Points:
    """The comparisons of one sweep, and what they tell the watcher of the whole."""

    def __init__(self, asked: Comparison, sweep: Sweep) -> None:
        self._asked = asked
        self._sweep = sweep
        self.done: list[Document] = []
        self.warnings: list[str] = []  # of points that could not be measured

    def comparison(self, number: int) -> Comparison:
        """What is asked at one point."""
        axis, value = self._sweep.axis, self._sweep.values[number]
        plan, settings = self._asked.plan, self._asked.settings
        settings = replace(settings, budget_s=settings.budget_s / len(self._sweep.values))
        if number and settings.extremes == "find":  # drawn at the size of the proof, which is the same at every point
            settings = replace(settings, extremes="none")
        if axis == THREADS and isinstance(value, int):
            plan, settings = replace(plan, threads=value), replace(settings, threads=value)
        else:
            proven = self._has_proven()
            plan = replace(plan, axes=((axis, value),), later_point=proven, proves_at_size=not proven)
        return replace(self._asked, plan=plan, settings=settings, watcher=self._watcher(number))

    def _has_proven(self) -> bool:
        """Whether a point has been measured, and nothing was refused at the first."""
        return bool(self.done) and all(r.verdict not in WRONG for r in self.done[0].results)

    def _watcher(self, number: int) -> Watcher:
        """Hears of one point, and tells of all."""
        watcher, count = self._asked.watcher, len(self._sweep.values)
        where = f"{self._sweep.axis} {self._sweep.values[number]}"

        def planned(line: str) -> None:
            if number == 0:
                watcher.planned(f"{count} points, each like the first: {line}")

        def kept(part: Document) -> None:
            if watcher.kept is not None:
                watcher.kept(self.joined(part))

        return replace(
            watcher,
            doing=lambda what, fraction: watcher.doing(f"{where}: {what}", (number + fraction) / count),
            planned=planned,
            kept=kept,
        )

    def joined(self, *under_way: Document) -> Document:
        """One document of all points so far: the rows in their order, the times summed."""
        parts = [*self.done, *under_way]
        statuses = {part.status for part in parts}
        environment = parts[0].environment
        if self._sweep.axis == THREADS:
            environment = {**environment, "threads": None}  # every row says its own
        warnings = dict.fromkeys(warning for part in parts for warning in part.warnings)
        return replace(
            parts[0],
            status=next(s for s in STATUSES if s in statuses),
            reached=parts[-1].reached,
            environment=environment,
            results=tuple(result for part in parts for result in part.results),
            samples=tuple(sample for part in parts for sample in part.samples),
            warnings=(*self.warnings, *warnings),
            timing={key: round(sum(part.timing.get(key, 0.0) for part in parts), 3) for key in parts[0].timing},
        )
