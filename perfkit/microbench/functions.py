"""A function of anybody's by itself: its first call, and later ones, each on inputs of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from msgspec import structs

from perfkit import schedule
from perfkit.axis import DTYPE, Axes, read_sweep
from perfkit.cell import Cell
from perfkit.comparison.arguments import read_arguments
from perfkit.comparison.functions import Functions, plan_of, source_of
from perfkit.comparison.groups import fit, more_budget, stretched
from perfkit.comparison.judge import Judge
from perfkit.comparison.plain_words import about_functions, in_plain_words, plain_errors
from perfkit.comparison.planned_rows import Row
from perfkit.errors import UsageError, WorkFailed
from perfkit.grammar import read_function
from perfkit.microbench.document import UnderWay
from perfkit.microbench.in_turn import Part, in_turn
from perfkit.microbench.sampling import Sampling, with_sampling
from perfkit.microbench.wanted import check_dtype
from perfkit.remarks import failing_itself
from perfkit.result import CutShort, Document
from perfkit.session.outcome import Outcome
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher

__all__ = ["FunctionBench", "named_function", "run_function"]

_CALL = "call"
_DIFFERENCE: Final = "difference"
_NO_FIRST = "first calls are not measured on a device: each needs a fork of a process, in which CUDA cannot be used"
_NOTHING = "a:candidate"  # in whose place nothing stands


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionBench:
    """What the user has named: a function, what it is called with, and what `make` is given, point by point."""

    functions: Functions
    points: Sequence[Axes] = ((),)
    how: Sampling = field(default_factory=Sampling)

    def __post_init__(self) -> None:
        if any(self.points) and self.functions.make is None:
            raise UsageError(
                f"--size and --dtype are for what makes the inputs of {self.functions.baseline}, and nothing is named",
                hint="--inputs pkg.mod:make, with def make(rng, size=1000, dtype='float32')",
            )


def named_function(
    name: str,
    *,
    folder: str,
    path: Sequence[str] = (),
    make: str | None = None,
    args: str | None = None,
    size: str | None = None,
    dtype: str | None = None,
    sweep: str | None = None,
    how: Sampling | None = None,
) -> FunctionBench:
    """A function as it is named, with what it is called with. `size`: a whole number, in digits. Raises UsageError."""
    if make is not None and args is not None:
        raise UsageError("--inputs and --args do not go together", hint="use one of them")
    if dtype is not None:
        check_dtype(dtype)
    if size is not None and not size.isdecimal():
        raise UsageError(f"--size of a function is a whole number, not {size!r}", hint="--size 1000")
    read_function(name)
    functions = Functions(
        baseline=name,
        candidates=(),
        make=make,
        calls=read_arguments(args) if args is not None else {},
        folder=folder,
        path=tuple(path),
    )
    given: Axes = (*([("size", int(size))] if size is not None else []), *([(DTYPE, dtype)] if dtype else []))
    along = read_sweep(sweep) if sweep is not None else None
    points = [(*given, (along.axis, value)) for value in along.values] if along else [given]
    return FunctionBench(functions=functions, points=points, how=how or Sampling())


def run_function(asked: FunctionBench, *, settings: Settings, command: str, watcher: Watcher) -> Document:
    """Measure a function at each point; Ctrl-C gives what there is. Raises UsageError, and WorkFailed if it fails.

    Raises CutShort, with what there is, where it fails after the first sample.
    """
    settings = replace(settings, budget_s=settings.budget_s / len(asked.points))

    def at(axes: Axes) -> Part:
        place = " ".join(f"at {axis} {value}" for axis, value in axes)
        return place, lambda: _at_point(asked, axes, settings, command, watcher)

    return in_turn(map(at, asked.points))


def _at_point(asked: FunctionBench, axes: Axes, settings: Settings, command: str, watcher: Watcher) -> Document:
    """Once more without comparing anything where equal inputs do not give equal results."""
    try:
        return _measured(asked, axes, settings, command, watcher)
    except (WorkFailed, CutShort) as error:
        failed = error.error if isinstance(error, CutShort) else error
        if not isinstance(failed, WorkFailed) or failed.reason != _DIFFERENCE or asked.functions.unproven:
            raise
        said = failed.message
    unproven = replace(asked, functions=replace(asked.functions, unproven=True))
    document = _measured(unproven, axes, settings, command, watcher)
    return replace(document, warnings=(f"nothing was compared: {said}", *document.warnings))


def _measured(asked: FunctionBench, axes: Axes, settings: Settings, command: str, watcher: Watcher) -> Document:
    functions = asked.functions
    source = structs.replace(source_of(functions), sizes=dict(axes))
    session = Session(source, settings, lambda what, share: watcher.doing(in_plain_words(what), share), installed=False)
    outcome = session.outcome
    target = plan_of(replace(functions, candidates=(_NOTHING,))).target
    judge = Judge(target=target, entries={}, outcome=outcome, margin=settings.margin)
    under_way = UnderWay(judge=judge, settings=settings, command=command)

    def measure() -> None:
        rows = _rows(functions, axes)
        with session.worker(0, describe=True) as worker:
            names = dict.fromkeys(row.cell.workload for row in rows)
            seen = [session.counter.inspect(worker, name, "made", ()) for name in names]
        if any(one.on_device for one in seen):
            rows = [row for row in rows if row.cell.state != "cold"]
            outcome.warn(_NO_FIRST)
        fitted = fit(rows, outcome, stretched(rows, outcome, settings), more_budget(len(asked.points)))
        under_way.measuring(fitted.rows)
        session.measure(with_sampling(fitted.groups, asked.how, every=True))
        _raise_failed(outcome)

    with plain_errors():
        return about_functions(under_way.document_after(measure, watcher))


def _rows(asked: Functions, axes: Axes) -> list[Row]:
    """The first call in a process and later ones, of each set of arguments."""
    found = []
    for name in [*asked.calls] or [_CALL]:
        cell = Cell(target=asked.baseline, workload=name, size="made", kind="macro", axes=axes)
        found += [Row(recipes=(), cell=replace(cell, state=state)) for state in ("cold", "warm")]
    return found


def _raise_failed(outcome: Outcome) -> None:
    """Raise WorkFailed where the function itself failed while it was timed: there is no other row to show."""
    for group in outcome.groups.values():
        if group.failed is not None:
            text = in_plain_words(group.failed.text)
            for role in (schedule.BASELINE, schedule.CONTROL):
                text = text.replace(failing_itself(role), "")
            reason = _DIFFERENCE if group.failed.difference is not None else group.failed.reason
            raise WorkFailed(f"{group.group.cell.target}: {text}", reason=reason or "exception")
