"""No object plays two roles: what a worker builds for one group, looked at from inside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from perfkit import schedule
from perfkit.cell import Cell
from perfkit.machine.environment import worker_environment
from perfkit.protocol.measuring import Build, Finish, Round
from perfkit.protocol.opening import FromCatalog, Open
from perfkit.remarks import any_subnormal
from perfkit.sources.catalog import CatalogSource
from perfkit.worker.handlers.measuring import Measuring
from perfkit.worker.main import Worker
from perfkit.worker.sampler import RoleState, Sampler

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("libraries_unwatched")]

ROLES = ("control", "candidate-1", "baseline")
GROUP = Build(
    group="macro / run / small / bare",
    cell=Cell(target="toy", workload="run", size="small", kind="macro"),
    stateful=False,
    variants={"candidate-1": ("toy/plain-cube",)},
    roles=ROLES,
    resolution_ns=1,
)


@pytest.fixture
def worker(planted: Path) -> Iterator[Worker]:
    """A worker of this process with one group built."""
    worker = Worker()
    worker.handle(Open(source=FromCatalog((str(planted),), "toy"), seed=11, process=2))
    worker.handle(GROUP)
    yield worker
    worker.handle(Finish())


def sampler_of(worker: Worker) -> Sampler | None:
    measuring = worker.handlers[Build].__self__  # type: ignore[attr-defined]
    assert isinstance(measuring, Measuring)
    return measuring._sampler


def states(worker: Worker) -> dict[str, RoleState]:
    sampler = sampler_of(worker)
    assert sampler is not None
    return sampler.states


def test_roles_share_one_read_only_weight_and_nothing_else(worker: Worker) -> None:
    instances: list[Any] = [states(worker)[role].subject.instance for role in ROLES]  # type: ignore[attr-defined]

    for one, other in combinations(instances, 2):
        assert one is not other
        assert one.weight is other.weight
    assert not instances[0].weight.flags.writeable


def test_only_the_candidate_has_another_table_of_seams(worker: Worker) -> None:
    tables: dict[str, Any] = {role: state.subject.ops for role, state in states(worker).items()}  # type: ignore[attr-defined]

    assert tables["baseline"] == tables["control"]
    assert tables["candidate-1"].cube is not tables["baseline"].cube
    assert tables["candidate-1"].mix is tables["baseline"].mix


def test_all_roles_of_a_round_get_equal_inputs_of_their_own(worker: Worker) -> None:
    made = sampler_of(worker)
    assert made is not None
    number = next(n for n in range(100) if not schedule.checked(made.seed, made.process, made.group, n))
    worker.handle(Round(round=number, order=("candidate-1", "baseline", "control"), loops={}))
    common = min(state.loops for state in states(worker).values())
    assert common > 1
    inputs = {}
    for role, state in states(worker).items():
        assert state.last_stream is not None
        first = state.last_stream - state.loops + 1  # the last call of a round that is not checked is looked at
        inputs[role] = [state.subject.data(stream) for stream in range(first, first + common)]

    for one, other in combinations(inputs.values(), 2):
        for a, b in zip(one, other, strict=True):
            assert a is not b
            assert not np.shares_memory(a, b)
            assert a.tobytes() == b.tobytes()


def test_no_input_recurs_within_a_process(worker: Worker) -> None:
    seen: set[int] = set()
    for number in range(5):
        worker.handle(Round(round=number, order=ROLES, loops={}))
        baseline = states(worker)["baseline"]
        assert baseline.last_stream is not None
        streams = set(range(baseline.last_stream - baseline.loops + 1, baseline.last_stream + 1))
        assert not seen & streams
        seen |= streams


def test_another_process_gets_other_inputs(planted: Path) -> None:
    streams = []
    for process in (2, 3):
        worker = Worker()
        worker.handle(Open(source=FromCatalog((str(planted),), "toy"), seed=11, process=process))
        worker.handle(GROUP)
        worker.handle(Round(round=0, order=ROLES, loops={}))
        streams.append(states(worker)["baseline"].last_stream)
        worker.handle(Finish())

    assert streams[0] != streams[1]


def test_finishing_lets_everything_go(planted: Path) -> None:
    worker = Worker()
    worker.handle(Open(source=FromCatalog((str(planted),), "toy"), seed=11, process=0))
    worker.handle(GROUP)
    worker.handle(Round(round=0, order=ROLES, loops={}))

    checked = worker.handle(Finish()).checked_calls

    assert sampler_of(worker) is None
    # the warm-up, the first round, and the last sample once more
    assert checked == dict.fromkeys(ROLES, 3)


def test_every_pool_of_threads_is_pinned_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    monkeypatch.setenv("KEPT", "yes")

    environment = worker_environment(3)

    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        assert environment[f"{name}_NUM_THREADS"] == "3"
    assert environment["KEPT"] == "yes"


def test_weights_that_are_subnormal_are_named_once(toy_catalog: Any) -> None:
    catalog = toy_catalog("plain_cube")
    target = catalog / "sample_targets" / "toy" / "target.py"
    text = target.read_text(encoding="utf-8")
    target.write_text(
        text.replace("    weight.flags", "    weight[0, 0] = 1e-310\n    weight.flags", 1), encoding="utf-8"
    )

    bench = CatalogSource([catalog], "toy", seed=1)
    for _ in range(2):
        bench.macro("run", "tiny", [])

    assert bench.warnings == ["the weights of run (tiny) hold 1 subnormal and 0 non-finite numbers of 25"]
    assert any_subnormal(bench.warnings)
