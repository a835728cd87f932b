"""First calls: each sees a process in which no role has been called."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.protocol.measuring import Build, Finish, Round
from perfkit.protocol.opening import FromCallables, Open
from perfkit.session.worker_process import RejectedOutput
from perfkit.worker.inline import InlineWorker

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("libraries_unwatched")]

HERE = "tests.unit.test_cold"
ROLES = ("baseline", "control", "candidate-1")
called: list[int] = []


def plain(n: int) -> int:
    called.append(n)
    return len(called)


def only_once(n: int) -> int:
    called.append(n)
    if len(called) > 1:
        raise ValueError("called before")
    return 1


async def late(n: int) -> int:
    await asyncio.sleep(0)
    return 1


def fails(n: int) -> int:
    raise ValueError("no")


def dies(n: int) -> int:
    raise SystemExit(3)


def sampled(old: str, new: str) -> Any:
    cell = Cell(target=old, workload="n=3", size="made", kind="macro", state="cold")
    source = FromCallables(baseline=f"{HERE}:{old}", candidates={"new": f"{HERE}:{new}"}, calls={"n=3": "((3,), {})"})
    with InlineWorker({"OMP_NUM_THREADS": "1"}, timeout_s=60.0) as worker:
        worker.ask(Open(source=source, seed=3, process=0), about="opening")
        variants = {ROLES[2]: ("new",)}
        build = Build(group="g", cell=cell, stateful=False, variants=variants, roles=ROLES, resolution_ns=50)
        built = worker.ask(build, about="building")
        rounds = [worker.ask(Round(round=n, order=ROLES, loops={}), about="a round") for n in range(2)]
        worker.ask(Finish(), about="the end")
    return built, [sample for taken in rounds for sample in taken.samples]


@pytest.mark.parametrize(("old", "new"), [("plain", "only_once"), ("only_once", "only_once"), ("late", "late")])
def test_every_role_is_called_for_the_first_time_in_every_round(old: str, new: str) -> None:
    built, samples = sampled(old, new)

    assert {role: pilot.loops for role, pilot in built.roles.items()} == dict.fromkeys(ROLES, 1)
    assert [(s.role, s.loops) for s in samples] == [(role, 1) for role in ROLES] * 2
    assert all(s.elapsed_ns > 0 for s in samples)
    assert called == []  # nothing of it has happened here


@pytest.mark.parametrize(("new", "says"), [("fails", "ValueError: no"), ("dies", "SystemExit: 3")])
def test_what_fails_in_a_first_call_is_the_candidates_failure(new: str, says: str) -> None:
    with pytest.raises(RejectedOutput) as caught:
        sampled("plain", new)

    assert caught.value.rejection.role == "candidate-1"
    assert says in caught.value.rejection.text
