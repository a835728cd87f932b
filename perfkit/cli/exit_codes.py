"""What the exit codes mean, and which one a finished comparison ends with.

    130 143 129  SIGINT, SIGTERM, SIGHUP; what was measured is saved
    1            perfkit could not do its work; or a recipe that was named lacks a module
    2            usage: the command line, a catalogue, or a file that is not what it must be
    4            recipes that cannot stand together, or one that changes what it does not declare
    7            a profiler that was named cannot run
    5            a proof or a run failed; or the proof let through what must not pass
    6            under --strict: undecided, not exercised, or proven and not measurable on this machine
    0            none of these

The first that fits counts, from the top. What is raised carries its own code (`perfkit.errors`). `profile --exit-code`
ends as the profiled program did, and with 124 where that was stopped by its time limit (`profile_program`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `--help` does without
    from perfkit.catalog import Catalog
    from perfkit.result import Document

__all__ = ["STOPPED", "exit_code", "worst"]

STOPPED = (130, 143, 129)  # by a signal: nothing else is begun
_ORDER = (*STOPPED, 1, 2, 4, 7, 5, 6, 0)


def worst(codes: Iterable[int]) -> int:
    """The exit code of several comparisons as one: the first of the order that any of them ended with."""
    return min(codes, key=_ORDER.index)


def exit_code(document: Document, found: Catalog, *, named: bool, strict: bool) -> int:
    """How a comparison ended; `named`: the user asked for these very recipes, and not for all that there are."""
    if document.status == "interrupted":
        return 130
    able = {r.recipes for r in document.results if r.reason != "missing-dependency"}
    if named and any(r.recipes not in able for r in document.results):
        return 1
    if named and any(r.reason == "conflict" for r in document.results):
        return 4
    statuses = {r.recipe.full_id: r.recipe.status for r in found.recipes}
    for result in document.results:
        meant = [statuses.get(r, "documented") == "rejected" for r in result.recipes]
        wrong = result.verdict in ("rejected", "failed")
        if wrong and (named or not any(meant)):
            return 5
        if not wrong and any(meant) and result.proof.passed:
            return 5
    open_ = (r.verdict in ("undecided", "not-exercised") or r.reason == "missing-hardware" for r in document.results)
    if strict and any(open_):
        return 6
    return 0
