"""perfkit's own sessions: six candidates with known effects beside one baseline and one control."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from perfkit.catalog import open_catalogs
from perfkit.cell import Cell
from perfkit.comparison.judge import Judge
from perfkit.comparison.planned_rows import Row
from perfkit.schedule import candidate_role
from perfkit.session.outcome import Candidate, Group, ProofTally
from perfkit.session.session import Session
from perfkit.settings import Settings

__all__ = ["background_load", "session"]

_MARGIN = 0.01


def session(
    root: Path,
    target: str,
    workload: str,
    size: str | None,
    recipes: Sequence[str],
    budget_s: float,
    seed: int,
    *,
    processes: int = 8,
) -> tuple[list[dict[str, Any]], float, float]:
    """One session: a row for each recipe, seconds of sampling, and seconds in all. Without a `size` the first.

    `budget_s` is what one candidate with its baseline and control would get; six of them share eight roles instead of
    eighteen, so the session gets 8/3 of it, and each role is sampled for as long. The proof is left out: it takes no
    part in a verdict on speed.
    """
    settings = Settings(budget_s=budget_s * (2 + len(recipes)) / 3, seed=seed, processes=processes, catalogs=(root,))
    measured = Session(target, settings, lambda what, fraction: None)
    size = size or open_catalogs([root]).target(target).workload(workload).sizes[0]
    variants = [Candidate(role=candidate_role(i), recipes=(name,)) for i, name in enumerate(recipes, 1)]
    cell = Cell(target=target, workload=workload, size=size, kind="macro")
    group = Group(
        id="trial",
        cell=cell,
        candidates=tuple(variants),
        processes=processes,
    )
    start = time.monotonic()
    measured.measure([group])
    total_s = time.monotonic() - start
    found = open_catalogs([root])
    rows = [Row(recipes=(name,), cell=cell) for name in recipes]
    for name in recipes:
        measured.outcome.proofs[name,] = ProofTally(passed=True)
    entries = {entry.recipe.full_id: entry for entry in found.recipes}
    judge = Judge(target=found.target(target), entries=entries, outcome=measured.outcome, margin=_MARGIN)
    table = [
        {
            "recipe": r.recipes[0],
            "verdict": r.verdict,
            "point": r.speedup.point if r.speedup else None,
            "low": r.speedup.low if r.speedup else None,
            "high": r.speedup.high if r.speedup else None,
            "noise_floor": r.noise_floor,
            "rounds": r.rounds,
        }
        for r in judge.results(rows)
    ]
    return table, measured.outcome.measuring_s, total_s


@contextlib.contextmanager
def background_load(wanted: bool) -> Iterator[None]:
    """One processor kept busy by something else for as long as the block runs."""
    if not wanted:
        yield
        return
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        busy.kill()
        busy.wait()
