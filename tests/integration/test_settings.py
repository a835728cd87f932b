"""What the user sets is kept to: threads, budget, precision, processes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import perfkit.comparison.proofs as proofs
from perfkit import api
from perfkit.result import Document
from perfkit.settings import Settings

pytestmark = pytest.mark.slow

ENDLESS: dict[str, Any] = {"precision": 1e-12, "relative_precision": 1e-12}


@pytest.fixture(autouse=True)
def _short_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls in a row take no longer for a large budget."""
    monkeypatch.setattr(proofs, "_SOAKS_S", 0.05)


def compare(planted: Path, *recipes: str, **settings: Any) -> Document:
    chosen = {"processes": 5, "budget_s": 60.0, "seed": 7, "catalogs": (planted,), **settings}
    return api.compare(api.catalog([planted]), recipes=recipes, settings=Settings(**chosen))


def rounds(document: Document) -> Counter[tuple[str, int]]:
    """How many rounds each group had in each process."""
    return Counter((group, process) for group, process, _ in {(s.group, s.process, s.round) for s in document.samples})


def test_threads_are_pinned_in_the_workers(planted: Path) -> None:
    """To 1 where nothing else is asked for: tests/integration/test_show.py, in processes of their own too."""
    document = compare(planted, "zeros", threads=2)

    assert document.environment["blas_threads"] == document.environment["threads"] == 2


@pytest.mark.usefixtures("inline_workers")
def test_the_budget_is_kept_within_a_sample_or_so(planted: Path) -> None:
    document = compare(planted, "copying-memo", processes=2, budget_s=1.0, max_rounds=10**6, **ENDLESS)

    assert document.status in ("complete", "budget")
    assert 0.5 < document.timing["measuring_s"] < 2.0
    assert document.timing["measuring_s"] < document.timing["total_s"]


@pytest.mark.usefixtures("inline_workers")
def test_precision_ends_a_process_and_significance_does_not(planted: Path) -> None:
    """With any spread precise enough, each process does the fewest rounds, however clear the gain already is."""
    document = compare(planted, "plain-cube", processes=1, precision=1e9, min_rounds=6)

    assert set(rounds(document).values()) == {6}
    assert document.status == "complete"
    assert_no_verdict(document, processes=1)


@pytest.mark.usefixtures("inline_workers")
def test_a_precision_out_of_reach_ends_with_the_most_rounds(planted: Path) -> None:
    document = compare(planted, "plain-cube", processes=2, min_rounds=2, max_rounds=8, **ENDLESS)

    assert len(rounds(document)) == 2 * 2
    assert set(rounds(document).values()) == {8}
    assert_no_verdict(document, processes=2)


def assert_no_verdict(document: Document, processes: int) -> None:
    """Fewer than five processes give none, however clear the gain."""
    assert {r.verdict for r in document.results} == {"undecided"}
    assert {r.processes for r in document.results} == {processes}
    assert all("processes" in r.note for r in document.results)
    assert document.samples
