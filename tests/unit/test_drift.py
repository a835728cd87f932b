"""A machine that slows down, or swings, while it is measured moves the ratio by less than 0.3 %."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from perfkit import schedule
from perfkit.equivalence import exact
from perfkit.schedule import BASELINE, CONTROL
from perfkit.sources.callables import CALL, Callables
from perfkit.stats.estimate import Estimate, log_ratios, process_medians, ratio_interval
from perfkit.worker.sampler import RoleState, Sampler
from perfkit.worker.shared_state import SharedState
from perfkit.worker.timer import HostTimer

pytestmark = pytest.mark.usefixtures("libraries_unwatched")

CANDIDATE = schedule.candidate_role(1)
ROLES = (BASELINE, CONTROL, CANDIDATE)
TRUTH = math.log(1.03)
PROCESSES, ROUNDS = 8, 20
WHOLE_NS = PROCESSES * (ROUNDS + 20) * 3 * 1e6  # about what the samples take together
Warp = Callable[[float], float]  # how fast the machine is, at a time 0…1 of the session


def steadily(t: float) -> float:
    return 1.0


class Machine:
    """Simulated time, and a clock that shows it; work takes longer while the machine is slow."""

    def __init__(self, slowness: Warp) -> None:
        self.slowness = slowness
        self.now_ns = 0.0

    def work(self, ns: float) -> None:
        self.now_ns += ns * self.slowness(self.now_ns / WHOLE_NS)

    def __call__(self) -> int:
        return int(self.now_ns)


def work(machine: Machine, call_ns: float, seed: int) -> Callable[[], None]:
    rng = np.random.default_rng(seed)
    return lambda: machine.work(call_ns * (1 + 0.01 * rng.standard_exponential()))


@pytest.fixture(autouse=True)
def _no_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds collect garbage before they begin; simulated ones need not, and this process has much of it."""
    monkeypatch.setattr("perfkit.worker.sampler.gc.collect", lambda: 0)


@cache
def state() -> SharedState:
    """Looked at once, by the first test that asks: it goes through every module that is loaded."""
    return SharedState(__name__)


@cache
def measured(slowness: Warp) -> Estimate:
    """What a session on such a machine reads, through the engine's own sampling and statistics."""
    machine = Machine(slowness)
    before, after, label = [], [], []
    for process in range(PROCESSES):
        calls = {BASELINE: 1e5, CONTROL: 1e5, CANDIDATE: 1e5 / 1.03}
        functions = {role: work(machine, ns, process * 10 + i) for i, (role, ns) in enumerate(calls.items())}
        source = Callables(
            functions[BASELINE], functions, {CALL: lambda rng: ((), {})}, timer=HostTimer(machine), shared_state=state()
        )
        states = {
            role: RoleState(role=role, subject=source.macro(CALL, "made", [role]), rule=exact()) for role in ROLES
        }
        sampler = Sampler(
            group="g",
            seed=1,
            process=process,
            states=states,
            reference=states[BASELINE],
            timer=source.timer,
            target_ns=10**6,
        )
        for role in ROLES:
            sampler.pilot(role)
        for number in range(ROUNDS):
            samples = sampler.round(number, schedule.round_order(1, process, "g", number, ROLES))
            per_call = {s.role: s.elapsed_ns / s.loops for s in samples}
            before.append(per_call[BASELINE])
            after.append(per_call[CANDIDATE])
            label.append(process)
    medians = process_medians(log_ratios(np.array(before), np.array(after)), np.array(label))
    return ratio_interval(medians, 0.95)


@pytest.mark.parametrize(
    "slowness",
    [
        pytest.param(lambda t: 1 + 0.2 * t, id="20 % slower in the end"),
        pytest.param(lambda t: 1.2 - 0.2 * t, id="20 % faster in the end"),
        pytest.param(lambda t: 1 + 0.1 * math.sin(2 * math.pi * 3 * t), id="three slow swings"),
    ],
)
def test_drift_does_not_move_the_ratio(slowness: Warp) -> None:
    steady = measured(steadily).point

    assert steady == pytest.approx(TRUTH, abs=0.002)
    assert abs(measured(slowness).point - steady) < 0.003


def test_a_swing_faster_than_a_round_is_noise_that_the_interval_covers() -> None:
    swinging = measured(lambda t: 1 + 0.1 * math.sin(2 * math.pi * 90 * t))

    assert swinging.low < TRUTH < swinging.high
    assert swinging.high - swinging.low > 5 * (measured(steadily).high - measured(steadily).low)


def test_measuring_one_side_after_the_other_would_not_do() -> None:
    """What the alternation is for: the same drift, roles in blocks, is read as an effect."""
    machine = Machine(lambda t: 1 + 0.2 * t)
    taken = {}
    for role, call_ns in ((BASELINE, 1e5), (CANDIDATE, 1e5 / 1.03)):
        start = machine()
        for _ in range(PROCESSES * (ROUNDS + 20) * 15):
            machine.work(call_ns)
        taken[role] = machine() - start

    assert abs(taken[BASELINE] / taken[CANDIDATE] / 1.03 - 1) > 0.05
