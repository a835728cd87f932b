"""A target with many recipes: batch after batch, each with its part of the budget, and one document of all."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from perfkit import api
from perfkit.protocol.counting import Inspected, Survey
from perfkit.protocol.extremes import OpenExtremes
from perfkit.protocol.measuring import Build, Finish
from perfkit.protocol.proving import Prove
from perfkit.protocol.record import Request
from perfkit.report.document import document_from_json, to_json
from perfkit.result import Document, Result
from perfkit.session.session import Session
from perfkit.settings import Settings, Watcher
from perfkit.worker.inline import InlineWorker
from perfkit.worker.proof.prove import _Steps
from tests.messages import seam_count

from ..conftest import take_workers_in

pytestmark = pytest.mark.slow

MAKE = """
def make() -> Any:
    def other(*arguments: Any) -> Any:
        return {seam}(*arguments)

    return other
"""
CUBES, MIXES = [f"cube{i}" for i in range(2)], [f"mix{i}" for i in range(5)]
ROUNDS = 2
# by share of the time: the first two alone, those that cube last
ORDER = [["mix0", "mix1"], ["cube0", "cube1", "mix2", "mix3", "mix4"]]


@dataclass
class Told:
    """What a comparison asked of its workers and told its watcher, in order."""

    asked: list[tuple[Request[Any], str]] = field(default_factory=list)
    budgets: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    boards: list[Sequence[Result]] = field(default_factory=list)
    fractions: list[float] = field(default_factory=list)
    counted: int = -1  # how many fractions there were when the plan stood

    def plan(self, line: str) -> None:
        """The plan stands."""
        self.lines.append(line)
        self.counted = len(self.fractions) - 1

    def place(self, kind: type[Request[Any]], about: str) -> int:
        """Where the first of a kind stands, of those that are about something."""
        return next(i for i, (request, what) in enumerate(self.asked) if isinstance(request, kind) and about in what)


@pytest.fixture(scope="module")
def many(write_catalog: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    new = {name: (name[:-1], MAKE.format(seam=name[:-1])) for name in (*CUBES, *MIXES)}
    return write_catalog(tmp_path_factory.mktemp("many"), **new)


def compare(
    root: Path,
    patch: pytest.MonkeyPatch,
    told: Told,
    *,
    strike: Callable[[Request[Any], str], None] | None = None,
    extremes: str = "none",  # proofs of one call have tried none of the target's own
) -> Document:
    """Every recipe, with workers in this process, proofs of one call, and shares of the time that are invented."""
    take_workers_in(patch)
    ask, inspected, measure = InlineWorker.ask, Inspected, Session.measure

    def asking(self: InlineWorker, request: Request[Any], *, about: str, within_s: float | None = None) -> Any:
        if strike is not None:
            strike(request, about)
        told.asked.append((request, about))
        answer = ask(self, request, about=about, within_s=within_s)
        if isinstance(answer, inspected):
            shares = {"mix": 0.8, "cube": 0.1}
            seams = {name: seam_count(inclusive=shares.get(name, 0.0), calls=seam.calls, shapes=seam.shapes)
                     for name, seam in answer.seams.items()}  # fmt: skip
            answer = Inspected(call_ns=answer.call_ns, passes=answer.passes, seams=seams, stateful=answer.stateful)
        return answer

    def measuring(self: Session, groups: Any, budget_s: Any = None, *others: Any) -> None:
        told.budgets.append(budget_s)
        measure(self, groups, budget_s, *others)

    patch.setattr(InlineWorker, "ask", asking)
    patch.setattr(Session, "measure", measuring)
    patch.setattr("perfkit.comparison.reporter._SHOW_EVERY_S", 0.0)
    patch.setattr(_Steps, "run", lambda steps, *_, **__: steps.step("first call", steps.ordinary("first")))
    settings = Settings(
        processes=2,
        budget_s=20.0,
        max_rounds=ROUNDS,
        min_rounds=ROUNDS,
        seed=3,
        extremes=extremes,
        catalogs=(root,),
    )
    watcher = Watcher(
        planned=told.plan,
        so_far=told.boards.append,
        doing=lambda what, fraction: told.fractions.append(fraction),
    )
    found = api.catalog([root])
    return api.compare(found, target="toy", every=True, size="tiny", settings=settings, watcher=watcher)


@pytest.fixture(scope="module")
def whole(many: Path) -> tuple[Document, Told]:
    told = Told()
    with pytest.MonkeyPatch.context() as patch:
        return compare(many, patch, told), told


def of(document: Document, name: str) -> list[Result]:
    return [r for r in document.results if r.recipes == (f"toy/{name}",)]


def test_a_batch_is_measured_before_the_next_is_proven(whole: tuple[Document, Told]) -> None:
    _, told = whole

    proofs = [request.recipes[0] for request, _ in told.asked if isinstance(request, Prove)]
    assert list(dict.fromkeys(proofs)) == [f"toy/{name}" for batch in ORDER for name in batch]
    assert told.place(Prove, "mix1") < told.place(Build, "process 0") < told.place(Finish, "process 1")
    assert told.place(Finish, "process 1") < told.place(Prove, "cube0")
    assert sum(isinstance(request, Survey) for request, _ in told.asked) == 1


def test_those_of_a_batch_share_a_baseline_and_no_group_is_named_as_another(whole: tuple[Document, Told]) -> None:
    document, _ = whole
    groups: dict[str, set[str]] = {}
    for r in document.results:
        if r.cell.kind == "macro":
            groups.setdefault(r.group, set()).add(r.recipes[0].rpartition("/")[2])

    assert groups == {
        "macro / run / tiny / bare": set(ORDER[0]),
        "macro / run / tiny / bare / part 2": set(ORDER[1]),
    }
    for name, members in groups.items():
        roles = {s.role for s in document.samples if s.group == name}
        assert len(roles) == 2 + len(members)


def test_every_row_is_measured_and_they_stand_in_the_order_of_the_table(whole: tuple[Document, Told]) -> None:
    document, _ = whole

    assert [r.recipes[0] for r in document.results if r.cell.kind == "macro"] == [
        f"toy/{name}" for name in sorted((*CUBES, *MIXES))
    ]
    assert all((r.speedup is not None and r.proof.passed and r.processes == 2) for r in document.results)
    assert document.status == "complete"


def test_what_a_batch_leaves_of_the_budget_the_next_may_use(whole: tuple[Document, Told]) -> None:
    document, told = whole
    first, second = told.budgets

    assert first < 20.0 / 2  # it has fewer groups
    assert second > 0.9 * (20.0 - document.timing["measuring_s"])


def test_the_plan_stands_before_the_first_proof_and_says_how_many_batches(whole: tuple[Document, Told]) -> None:
    _, told = whole
    (line,) = told.lines

    assert line.startswith("7 recipes in 2 batches, those first that replace most of the time; ")
    assert "at most 20 s of sampling; proofs and building come on top: " in line


def test_progress_goes_on_from_the_first_proof_and_never_back(whole: tuple[Document, Told]) -> None:
    _, told = whole

    assert told.fractions == sorted(told.fractions)
    assert len(set(told.fractions)) > 10
    assert told.fractions[-1] <= 1
    assert told.fractions[told.counted] < 0.2  # of which the longer part is still to come


def test_the_board_has_the_first_batch_while_the_next_is_proven(whole: tuple[Document, Told]) -> None:
    _, told = whole
    known = [{r.recipes[0].rpartition("/")[2] for r in board if r.speedup} for board in told.boards]

    assert set(ORDER[0]) in known
    assert not any(name in board for board in known for name in ORDER[1])  # nobody looks when all is over


def test_one_batch_and_several_give_documents_of_one_shape(
    whole: tuple[Document, Told],
    write_catalog: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = write_catalog(tmp_path / "few", mix0=("mix", MAKE.format(seam="mix")))
    at_once = compare(root, monkeypatch, Told())

    assert [r.group for r in at_once.results] == [r.group for r in of(whole[0], "mix0")]
    assert _keys(at_once) == _keys(whole[0])


def _keys(document: Document) -> Any:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(part) for key, part in value.items() if key not in ("loops", "p99_ns", "during")}
        return "a list" if isinstance(value, list) else "a value"

    saved = json.loads(to_json(document))
    assert document_from_json(saved, "saved").results == document.results
    return shape(saved), *(shape(saved[name][0]) for name in ("results", "samples"))


@pytest.mark.parametrize(
    ("kind", "about", "reached", "begun"),
    [
        (Prove, "cube0", "during proofs of batch 2 of 2: 2 of 7 recipes proven, 4 of 14 rows measured", ()),
        (
            Finish,
            "micro cube",
            "while measuring, batch 2 of 2, process 1 of 2: 4 of 14 rows measured",
            ("cube0", "cube1"),
        ),
        (OpenExtremes, "cube0", "while trying extreme inputs: 14 of 14 rows measured", ORDER[1]),
    ],
)
def test_an_interruption_keeps_the_batches_that_are_over(
    many: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Request[Any]],
    about: str,
    reached: str,
    begun: tuple[str, ...],
) -> None:
    def strike(request: Request[Any], said: str) -> None:
        if isinstance(request, kind) and about in said:
            raise KeyboardInterrupt

    document = compare(many, monkeypatch, Told(), strike=strike, extremes="find")

    assert (document.status, document.reached) == ("interrupted", reached)
    assert {r.recipes[0] for r in document.results} == {f"toy/{name}" for name in (*ORDER[0], *begun)}
    assert [bool(r.speedup) for name in ORDER[0] for r in of(document, name)] == [True] * 4


def test_a_row_without_room_names_a_command_that_measures_it_when_it_is_pasted(
    many: Path, perfkit_inline: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfkit.comparison.groups.SLOW_CALL_NS", 1)  # all calls are weighed
    monkeypatch.setattr(_Steps, "run", lambda steps, *_, **__: steps.step("first call", steps.ordinary("first")))
    more = ("--catalog", many, "--size", "tiny", "--processes", "2", "--json", "-")
    short = perfkit_inline("compare", "toy", "--all", *more, "--budget", "0.001ms").json["results"]
    row = next(r for r in short if "--budget" in r["note"])
    assert row["speedup"] is None
    words = shlex.split(row["note"].partition(": ")[2].partition(", or")[0])

    (found,) = (r for r in perfkit_inline(*words[1:], "--json", "-").json["results"] if _same(r, row))

    assert found["speedup"]


def _same(r: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(r[name] == other[name] for name in ("recipes", "kind", "seam", "state", "workload", "size", "on"))
