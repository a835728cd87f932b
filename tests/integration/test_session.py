"""What a session does, seen from its document and from what it asks of its workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import perfkit.comparison.proofs as proofs
from perfkit import api
from perfkit.protocol.measuring import Build, Round
from perfkit.protocol.proving import ProveSeam
from perfkit.protocol.record import Request
from perfkit.result import Document, Sample
from perfkit.session.worker_process import WorkerProcess
from perfkit.settings import Settings
from perfkit.worker.inline import InlineWorker

from ..conftest import take_workers_in

pytestmark = pytest.mark.slow

ROLES = {"baseline", "control", "candidate-1"}
Asked = list[Request[Any]]


def compare(planted: Path, *recipes: str, **settings: Any) -> Document:
    chosen = {"processes": 5, "budget_s": 1.0, "seed": 7, "catalogs": (planted,), **settings}
    return api.compare(api.catalog([planted]), recipes=recipes, settings=Settings(**chosen))


def listen(patch: pytest.MonkeyPatch) -> Asked:
    """Every request that is sent to a worker from now on, in order."""
    seen: Asked = []
    send = WorkerProcess.send

    def listening(self: WorkerProcess, request: Request[Any], *, about: str, within_s: float | None = None) -> Any:
        seen.append(request)
        return send(self, request, about=about, within_s=within_s)

    ask = InlineWorker.ask

    def asking(self: InlineWorker, request: Request[Any], *, about: str, within_s: float | None = None) -> Any:
        seen.append(request)
        return ask(self, request, about=about, within_s=within_s)

    patch.setattr(WorkerProcess, "send", listening)
    patch.setattr(InlineWorker, "ask", asking)
    return seen


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return listen(monkeypatch)


@pytest.fixture(scope="module")
def session(planted: Path) -> tuple[Document, Asked]:
    """One ordinary session, and all that it asked of its workers, which are in this process."""
    with pytest.MonkeyPatch.context() as patch:
        take_workers_in(patch)
        asked = listen(patch)
        return compare(planted, "plain-cube"), asked


@pytest.fixture
def cube(session: tuple[Document, Asked]) -> Document:
    return session[0]


def rounds(document: Document) -> dict[tuple[str, int, int], list[Sample]]:
    found: dict[tuple[str, int, int], list[Sample]] = defaultdict(list)
    for s in document.samples:
        found[s.group, s.process, s.round].append(s)
    return dict(found)


def test_every_sample_of_every_role_and_round_is_kept(cube: Document) -> None:
    taken = rounds(cube)

    assert {s.phase for s in cube.samples} == {"measure"}
    for samples in taken.values():
        assert {s.role for s in samples} == ROLES
        assert [s.position for s in samples] == [0, 1, 2]
    for group, rows in {r.group: r for r in cube.results}.items():
        of_group = [key for key in taken if key[0] == group]
        assert len(of_group) == rows.rounds
        assert {process for _, process, _ in of_group} == set(range(5))
        for process in range(5):
            numbers = [n for _, p, n in of_group if p == process]
            assert sorted(numbers) == list(range(len(numbers)))  # no gap: none was dropped


def test_baseline_and_control_take_equally_many_calls_a_sample(cube: Document) -> None:
    for samples in rounds(cube).values():
        loops = {s.role: s.loops for s in samples}
        assert loops["baseline"] == loops["control"]


def test_the_order_of_roles_varies_from_round_to_round(cube: Document) -> None:
    orders = {tuple(s.role for s in samples) for samples in rounds(cube).values()}

    assert len(orders) >= 3


def test_the_order_of_building_varies_from_process_to_process(session: tuple[Document, Asked]) -> None:
    built = [request.roles for request in session[1] if isinstance(request, Build)]
    whole = [roles for roles in built if set(roles) == ROLES]
    # two groups, five processes; where the machine was busy the baseline has been looked into, alone and in company
    assert len(whole) >= 10
    assert len(built) - len(whole) in (0, 1, 2)
    assert len(set(whole)) >= 3


def schedule(asked: Asked) -> dict[tuple[object, ...], object]:
    """What a session of one process asked for, by group: building orders and rounds."""
    found: dict[tuple[object, ...], object] = {}
    group = ""  # which comes first is decided by what the calls took
    for request in asked:
        if isinstance(request, Build):
            group = request.group
            found["build", group] = request.roles
        elif isinstance(request, Round):
            found["round", group, request.round] = request.order
    return found


@pytest.mark.usefixtures("inline_workers")
def test_equal_seeds_give_equal_schedules_inputs_and_proofs_and_others_do_not(
    toy_catalog: Any, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "_SOAKS_S", 0.05)  # what calls in a row come to depends on the machine
    root = toy_catalog("plain_cube", "zeros")
    settings = Settings(processes=1, budget_s=60.0, min_rounds=6, max_rounds=6, catalogs=(root,))
    schedules, differences = [], []
    for seed in (3, 3, 4):
        asked.clear()
        chosen = replace(settings, seed=seed)
        document = api.compare(api.catalog([root]), target="toy", every=True, size="tiny", settings=chosen)
        schedules.append(schedule(asked))
        differences += [r.proof.first_difference for r in document.results if r.recipes == ("toy/zeros",)][:1]

    first, same, other = schedules
    assert any(place[0] == "round" for place in first)
    assert first == same
    assert first.keys() == other.keys()
    assert first != other
    assert differences[0] == differences[1] != differences[2]


@pytest.mark.usefixtures("inline_workers")
def test_layouts_are_measured_as_asked(planted: Path, asked: Asked) -> None:
    """What the two come to together: tests/unit/test_judge.py."""
    assert Settings(layout="processes").layouts == ("processes",)
    document = compare(planted, "plain-cube", layout="both", processes=2)

    macro = {r.cell.layout: r for r in document.results if r.cell.kind == "macro"}
    assert set(macro) == {"in-process", "processes"}
    assert all(r.speedup is not None and r.speedup.point > 1.2 for r in macro.values())
    assert {r.verdict for r in macro.values()} == {"undecided"}  # of two processes
    alone = macro["processes"]
    assert {s.role for s in document.samples if s.group == alone.group} == ROLES
    built = [request.roles for request in asked if isinstance(request, Build) and request.group == alone.group]
    assert [len(roles) for roles in built] == [1] * 3 * 2  # a process of its own for each role


def test_no_proof_is_called_passed_that_was_not_finished(planted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    send: Callable[..., Any] = WorkerProcess.send

    def interrupted(self: WorkerProcess, request: Request[Any], **how: Any) -> Any:
        if isinstance(request, ProveSeam):
            raise KeyboardInterrupt
        return send(self, request, **how)

    monkeypatch.setattr(WorkerProcess, "send", interrupted)
    document = compare(planted, "plain-cube")

    assert document.status == "interrupted"
    assert document.results == ()
    assert document.reached == "during proofs: 0 of 1 recipe proven, none measured"
