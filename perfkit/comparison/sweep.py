"""One recipe along an axis: a whole comparison at every point, joined into one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.axis import THREADS, Sweep
from perfkit.catalog import Catalog
from perfkit.comparison.plan import Plan
from perfkit.comparison.run import run
from perfkit.errors import UsageError, WorkFailed
from perfkit.result import Document
from perfkit.settings import Settings, Watcher

__all__ = ["along", "run_sweep"]


def along(plan: Plan, sweep: Sweep) -> Plan:
    """The plan on the workload that has the axis: the one asked for, or the first. Raises UsageError, UnknownName."""
    if len(plan.variants) != 1:
        raise UsageError("--sweep follows one recipe", hint="name one --recipe")
    plan = replace(plan, other_threads=None)
    target = plan.target
    if plan.workload == "all":
        raise UsageError("--sweep follows one workload", hint="name one --workload")
    if plan.workload is not None:
        sweep.check(f"{target.id}/{plan.workload}", target.workload(plan.workload).axes)
        return plan
    if sweep.axis == THREADS:
        return plan
    able = [w for w in target.workloads if sweep.axis in w.axes]
    if not able:
        sweep.check(target.id, sorted({axis for w in target.workloads for axis in w.axes}))
    return replace(plan, workload=able[0].id)


def run_sweep(
    catalog: Catalog, plan: Plan, sweep: Sweep, settings: Settings, command: str, watcher: Watcher
) -> Document:
    """Prove and measure at each point in turn, each with its part of the budget; Ctrl-C keeps the points so far."""
    plan = replace(plan, points=len(sweep.values))
    share = replace(settings, budget_s=settings.budget_s / len(sweep.values))
    done: list[Document] = []
    failures: list[WorkFailed] = []
    warnings: list[str] = []
    for number, value in enumerate(sweep.values):

        def doing(what: str, fraction: float, number: int = number, value: int = value) -> None:
            watcher.doing(f"{sweep.axis} {value}: {what}", (number + fraction) / len(sweep.values))

        def kept(part: Document) -> None:
            if watcher.kept is not None:
                watcher.kept(_joined([*done, part]))

        def planned(line: str, number: int = number) -> None:
            if number == 0:
                watcher.planned(f"{len(sweep.values)} points, each like the first: {line}")

        hears = replace(watcher, doing=doing, planned=planned, kept=kept)
        if number and share.extremes == "find":  # drawn at the size of the proof, which is the same at every point
            share = replace(share, extremes="none")
        try:
            if sweep.axis == THREADS:
                part = _named(run(catalog, plan, replace(share, threads=value), command, hears), value)
            else:
                here = replace(plan, axes=((sweep.axis, value),))
                part = run(catalog, here, share, command, hears)
        except WorkFailed as error:  # a model that cannot be built at this point; the others may be
            failures.append(error)
            warnings.append(f"{sweep.axis} {value}: {error.message}")
            continue
        if part.status == "interrupted":
            words = f" {part.reached}" if part.reached else ""
            words = f"at {sweep.axis} {value}, point {number + 1} of {len(sweep.values)}{words}"
            done.append(replace(part, reached=words))
            break
        done.append(part)
    if not done:
        raise failures[0]
    joined = _joined(done)
    return replace(joined, warnings=(*warnings, *joined.warnings))


def _named(part: Document, threads: int) -> Document:
    """The document of one number of threads, which no size and no group tells of itself."""
    groups = {r.group: f"{r.group} / {threads} threads" for r in part.results if r.group}
    return replace(
        part,
        environment={**part.environment, "threads": None},
        results=tuple(
            replace(r, cell=replace(r.cell, threads=threads), group=groups.get(r.group, "")) for r in part.results
        ),
        samples=tuple(replace(s, group=groups.get(s.group, s.group)) for s in part.samples),
    )


def _joined(parts: Sequence[Document]) -> Document:
    statuses = {part.status for part in parts}
    return replace(
        parts[0],
        status=next((s for s in ("interrupted", "budget") if s in statuses), "complete"),
        reached=parts[-1].reached,
        results=tuple(r for part in parts for r in part.results),
        samples=tuple(s for part in parts for s in part.samples),
        warnings=tuple(dict.fromkeys(w for part in parts for w in part.warnings)),
        timing={key: round(sum(part.timing.get(key, 0.0) for part in parts), 3) for key in parts[0].timing},
    )
