"""Training in two processes: the same losses as in one, and a rank that fails ends the step, not the day."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from perfkit.recipes.spectral import ddp_training as ddp
from perfkit.sample_targets.spectral import ops as documented
from perfkit.sample_targets.spectral import runners
from perfkit.sample_targets.spectral.model import Config, make_model
from perfkit.sample_targets.spectral.training import Trainer
from perfkit.tree import first_difference
from tests.unit.spectral.conftest import some_bytes

BASELINE = documented.BASELINE
# starting two ranks takes seconds: an ordinary run starts them twice, `make long` for every way to fail
EVERY = os.environ.get("PERFKIT_RECIPES") == "all"
in_long = pytest.mark.skipif(not EVERY, reason="make long has it")
CONFIG = Config(width=16, layers=1, dropout=0.0)


@pytest.fixture(scope="module")
def both() -> Iterator[Any]:
    """A table of seams whose gradients two processes compute; they are started once for all of these tests."""
    ops = ddp.RECIPE.apply(BASELINE)
    yield ops
    ops.gradients.close()
    assert ddp._running == []


def windows(count: int = 8, seed: int = 0) -> np.ndarray:
    return some_bytes(count, 17, seed).numpy().astype(np.uint8)


def steps(ops: Any, config: Config = CONFIG, count: int = 8) -> list[float]:
    trainer = Trainer(make_model(config, 0), ops)
    return [trainer.step(windows(count, seed)) for seed in range(4)]


@pytest.mark.slow
@pytest.mark.parametrize("count", [8, 5])
def test_two_processes_have_the_losses_of_one(both: Any, count: int) -> None:
    one, two = steps(BASELINE, count=count), steps(both, count=count)

    assert two == pytest.approx(one, rel=1e-5)
    assert one[-1] != one[0]
    assert len({rank._process.pid for rank in ddp._running}) == 2


@pytest.mark.slow
def test_the_gradients_are_those_of_the_whole_batch_and_not_of_a_half(both: Any) -> None:
    ids, targets = some_bytes(5, 9), some_bytes(5, 9, seed=1)
    found = []
    for ops in (BASELINE, both):
        model = make_model(CONFIG, 0).train()
        ops.gradients(ops, model, ids, targets)
        ops.gradients(ops, model, ids, targets)  # the second is in the place of the first
        found.append([p.grad for p in model.parameters()])

    for one, two in zip(*found, strict=True):
        assert torch.allclose(one, two, rtol=1e-5, atol=1e-6 * float(one.abs().max()))


@pytest.mark.slow
def test_a_model_that_is_not_in_training_has_no_dropout_in_the_ranks_either(both: Any) -> None:
    ids, found = some_bytes(4, 9), []
    for ops in (BASELINE, both):
        model = make_model(replace(CONFIG, dropout=0.5), 0).eval()
        found.append(float(ops.gradients(ops, model, ids, ids)))

    assert found[1] == pytest.approx(found[0], rel=1e-5)


def test_with_dropout_nothing_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ddp, "_step", lambda *given: pytest.fail("the ranks were asked"))
    config = replace(CONFIG, dropout=0.1)

    assert steps(ddp.RECIPE.apply(BASELINE), config) == steps(BASELINE, config)


# a rank that answers at once and computes nothing: how one fails needs no torch, which takes seconds to import
STAND_IN = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    if request.get("ids") == [[300, 300]]:
        print(json.dumps({"error": "IndexError: index out of range"}), flush=True)
    else:
        print(json.dumps({"port": 1, "loss": 0.5}), flush=True)
"""


@pytest.fixture(params=["stand-in", pytest.param("real", marks=in_long)])
def asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A step that two ranks share; they run."""
    ddp._end()
    if request.param == "stand-in":
        monkeypatch.setattr(ddp, "PROGRAM", ("-c", STAND_IN))
    ops, model = ddp.RECIPE.apply(BASELINE), make_model(CONFIG, 0).train()

    def step(first: int = 0) -> torch.Tensor:
        ids = torch.zeros(2, 2, dtype=torch.int64)
        ids[0] = first
        found: torch.Tensor = ops.gradients(ops, model, ids, ids)
        return found

    step()
    monkeypatch.setattr(ddp, "STEP_S", 0.5 if request.param == "stand-in" else 5.0)
    yield step
    ops.gradients.close()
    ddp._end()


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("by", "said"),
    [(signal.SIGKILL, "was ended by signal 9"), (signal.SIGSTOP, "is stopped")],
    ids=["killed", "stopped"],
)
def test_a_rank_that_fails_in_a_step_ends_it_with_an_error_and_all_ranks_with_it(
    asked: Any, number: int, by: signal.Signals, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranks, tell = [rank._process for rank in ddp._running], ddp._Process.tell

    def strike(self: Any, request: dict[str, Any], deadline: float) -> None:
        """One rank is struck instead of being told what its part is."""
        if self.number == number:
            os.kill(self._process.pid, by)
            _wait_for(self)
        else:
            tell(self, request, deadline)

    monkeypatch.setattr(ddp._Process, "tell", strike)
    with pytest.raises(ddp.RankFailed, match=f"rank {number} {said}"):
        asked()

    assert ddp._running == ddp._memory == []
    assert [rank.poll() for rank in ranks] == [-9, -9]


def _wait_for(rank: Any) -> None:
    """Until the signal has reached it."""
    end = time.monotonic() + 30
    while not rank.trouble and time.monotonic() < end:
        time.sleep(0.01)


@pytest.mark.slow
def test_a_rank_that_fails_between_two_steps_is_not_replaced_in_silence(asked: Any) -> None:
    rank = ddp._running[1]
    os.kill(rank._process.pid, signal.SIGKILL)
    _wait_for(rank)

    with pytest.raises(ddp.RankFailed, match="rank 1 was ended by signal 9"):
        asked()
    assert ddp._running == []


@pytest.mark.slow
def test_one_that_does_not_read_is_not_waited_for_for_ever(asked: Any) -> None:
    os.kill(ddp._running[0]._process.pid, signal.SIGSTOP)
    _wait_for(ddp._running[0])
    deadline = time.monotonic() + 0.2

    with pytest.raises(ddp.RankFailed, match="rank 0 is stopped"):
        ddp._running[0].tell({"ids": "0" * (1 << 20)}, deadline)


@pytest.mark.slow
def test_what_a_rank_raises_is_said(asked: Any) -> None:
    with pytest.raises(ddp.RankFailed, match=r"rank 0 IndexError: .*out of (bounds|range)"):
        asked(first=300)


@pytest.mark.slow
def test_an_interruption_in_mid_step_leaves_no_rank_and_no_answer(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ranks, tell = [rank._process for rank in ddp._running], ddp._Process.tell

    def interrupted(self: Any, request: dict[str, Any], deadline: float) -> None:
        """The first is told; then comes Ctrl-C."""
        if self.number:
            raise KeyboardInterrupt
        tell(self, request, deadline)

    monkeypatch.setattr(ddp._Process, "tell", interrupted)
    with pytest.raises(KeyboardInterrupt):
        asked()

    assert ddp._running == ddp._memory == []
    assert [rank.poll() for rank in ranks] == [-9, -9]


@pytest.mark.slow
@pytest.mark.parametrize("line", [b"[W socket.cpp] a warning\n", b"\xff\n", b"7\n"])
def test_a_line_that_is_no_answer_is_an_error(asked: Any, line: bytes) -> None:
    ddp._running[0]._heard = line

    with pytest.raises(ddp.RankFailed, match="rank 0 answers"):
        asked()
    assert ddp._running == []


# a rank in which a library prints
NOISY = """
import os
from perfkit.recipes.spectral import _rank
step = _rank.Rank.step
def noisy(self, request):
    os.write(1, b"a warning\\n")
    return step(self, request)
_rank.Rank.step = noisy
_rank.main()
"""


@pytest.mark.slow
@in_long
def test_what_a_library_prints_in_a_rank_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    ddp._end()
    monkeypatch.setattr(ddp, "PROGRAM", ("-c", NOISY))
    ops = ddp.RECIPE.apply(BASELINE)
    try:
        assert steps(ops) == pytest.approx(steps(BASELINE), rel=1e-5)
    finally:
        ops.gradients.close()
        ddp._end()


@pytest.mark.slow
def test_one_that_is_stopped_before_a_step_may_go_on_in_it(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ddp, "STEP_S", 60.0)
    rank, tell = ddp._running[1], ddp._Process.tell
    os.kill(rank._process.pid, signal.SIGSTOP)
    _wait_for(rank)

    def told(self: Any, request: dict[str, Any], deadline: float) -> None:
        tell(self, request, deadline)
        os.kill(self._process.pid, signal.SIGCONT)

    monkeypatch.setattr(ddp._Process, "tell", told)

    assert asked().isfinite()


@pytest.mark.parametrize("factor", [1.0, 2.0, 0.5])
def test_gradients_that_are_added_up_instead_of_averaged_are_refused(factor: float) -> None:
    def scaled(ops: Any, model: Any, ids: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        loss = documented.gradients(ops, model, ids, targets)
        for parameter in model.parameters():
            parameter.grad *= factor
        return loss

    config = replace(CONFIG, dropout=0.0)
    shared = runners.Shared(config, runners.weights_of(make_model, config, 0), 8, 16)
    found = []
    for ops in (BASELINE, replace(BASELINE, gradients=scaled)):
        run = runners.build_trainer(make_model, ops, shared)
        found.append(runners.observe_sized_step(run, windows(), runners.run_step(run)(windows())))

    assert (first_difference(found[0], found[1], ddp.RECIPE.equivalence) is None) is (factor == 1.0)


@pytest.mark.slow
def test_the_last_user_that_goes_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    ddp._end()
    monkeypatch.setattr(ddp, "PROGRAM", ("-c", STAND_IN))
    monkeypatch.setattr(ddp, "_users", set())  # other tests have theirs
    first, second = ddp.Ranks(), ddp.Ranks()
    ids = torch.zeros(2, 2, dtype=torch.int64)
    first(BASELINE, make_model(CONFIG, 0), ids, ids)
    ranks = [rank._process for rank in ddp._running]

    first.close()
    assert [rank.poll() for rank in ranks] == [None, None]
    second.close()
    assert [rank.poll() for rank in ranks] == [-9, -9]
