"""Functions by name, through a worker from opening to the last checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from perfkit.cell import Cell
from perfkit.equivalence import close
from perfkit.errors import PerfkitError, UsageError
from perfkit.protocol.counting import Inspect
from perfkit.protocol.failing import Rejection
from perfkit.protocol.measuring import Build, Finish, Round
from perfkit.protocol.opening import FromCallables, Open
from perfkit.protocol.profiling import OpenRegion, PrepareRegion, RunRegion
from perfkit.protocol.proving import Prove, ProveSeam, Settle
from perfkit.protocol.record import Record, Request
from perfkit.session.worker_process import RejectedOutput
from perfkit.sources.callables import CALL, Callables
from perfkit.sources.inputs import from_make
from perfkit.worker.inline import InlineWorker
from perfkit.worker.timer import HostTimer
from tests.conftest import pass_over_libraries

HERE = "tests.unit.test_callables"


def total(x: Any, scale: float) -> float:
    return float(sum(v * scale for v in x.tolist()))


def fast(x: Any, scale: float) -> float:
    return float(sum([v * scale for v in x.tolist()]))


def wrong(x: Any, scale: float) -> float:
    return float(x.sum()) * scale * 1.5


def writes(x: Any, scale: float) -> float:
    found = total(x, scale)
    x[0] = 0.0
    return found


def make(rng: np.random.Generator) -> tuple[Any, float]:
    return rng.random(20), 2.0


class Answers:
    """A worker of this process with the functions of this file."""

    def __init__(self, worker: InlineWorker) -> None:
        self.worker = worker
        candidates = {name: f"{HERE}:{name}" for name in ("fast", "wrong", "writes")}
        source = FromCallables(baseline=f"{HERE}:total", candidates=candidates, make=f"{HERE}:make")
        self(Open(source=source, seed=3, process=1))

    def __call__(self, request: Request[Any]) -> Any:
        return self.worker.ask(request, about="the functions")


@pytest.fixture(scope="module")
def ask() -> Any:
    with (
        pytest.MonkeyPatch.context() as patch,
        InlineWorker({"OMP_NUM_THREADS": "1"}, timeout_s=60.0) as worker,
    ):
        pass_over_libraries(patch)
        yield Answers(worker)


def proof(name: str) -> Prove:
    return Prove(workload=CALL, on=(), recipes=(name,), at_size=True, soak_s=0.0)


def test_a_function_is_counted_proven_and_measured_as_a_workload_is(ask: Answers) -> None:
    where = {"workload": CALL, "size": "made", "recipes": ()}
    counted = ask(Inspect(role="baseline", **where, calls=3, enough_ns=10**7, declared=True))
    assert (counted.seams, counted.stateful) == ({}, False)
    assert counted.call_ns > 0

    proven = ask(proof("fast"))
    assert (proven.awkward, proven.checked_calls > 20) == (0, True)
    assert ask(Settle(workload=CALL, on=(), recipes=("fast",), quiet=False)).left == ()

    cell = Cell(target="functions", workload=CALL, size="made", kind="macro")
    roles = ("baseline", "control", "candidate-1")
    built = ask(
        Build(group="g", cell=cell, stateful=False, variants={roles[2]: ("fast",)}, roles=roles, resolution_ns=50)
    )
    assert all(pilot.draws for pilot in built.roles.values())
    samples = ask(Round(round=0, order=roles, loops=dict.fromkeys(roles, 5))).samples
    assert [(s.role, s.loops) for s in samples] == [(role, 5) for role in roles]
    assert set(ask(Finish()).checked_calls) == set(roles)


@pytest.mark.parametrize(("name", "said"), [("wrong", "differ"), ("writes", "input afterwards")])
def test_a_function_that_is_not_right_is_refused(ask: Answers, name: str, said: str) -> None:
    with pytest.raises(RejectedOutput) as caught:
        ask(proof(name))

    assert isinstance(caught.value.rejection, Rejection)
    assert caught.value.rejection.role == "candidate"
    assert said in caught.value.rejection.text


def test_a_function_runs_under_a_profiler(ask: Answers) -> None:
    ask(OpenRegion(workload=CALL, size="made", recipes=("fast",)))

    assert ask(PrepareRegion(calls=4)).calls == 4
    assert ask(RunRegion(under="cprofile", rate=0)).elapsed_ns > 0


def test_a_function_has_no_seam_to_be_measured_alone(ask: Answers) -> None:
    request = ProveSeam(workload=CALL, size="made", seam="inner", on=(), recipes=("fast",), soak=4, soak_s=0.0)

    with pytest.raises(PerfkitError, match="a function has no seam"):
        ask(request)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("total", "names no function"),
        (f"{HERE}:totl", "no function of tests.unit.test_callables is called 'totl'"),
        (f"{HERE}:HERE", "is a str, not a function"),
        ("lambda: 1", "names no function"),
    ],
)
def test_what_names_no_function_is_said(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Callables.named(FromCallables(baseline=name, candidates={}, make=f"{HERE}:make"), seed=1)


def test_a_source_hands_in_its_timer_and_its_rules() -> None:
    timer, loose = HostTimer(lambda: 0), close(rtol=1e-6, why="a test")
    source = Callables(
        total, {"fast": fast, "wrong": wrong}, {CALL: from_make("make", make)}, rules={"fast": loose}, timer=timer
    )

    assert source.timer is timer
    assert source.rule(["fast"], seam=False) == loose
    assert source.rule(["wrong"], seam=False).kind == "exact"
    with pytest.raises(UsageError, match="cannot stand in the place of another and also be wrong"):
        source.macro(CALL, "made", ["fast", "wrong"])


def test_every_message_of_a_worker_is_a_record(ask: Answers) -> None:
    opened = ask(OpenRegion(workload=CALL, size="made", recipes=()))

    assert isinstance(opened, Record)
    assert isinstance(ask(PrepareRegion(calls=1)), Record)
