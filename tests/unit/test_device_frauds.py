"""Candidates that cheat the clock or the proof of a device: each is refused, or gains nothing.

Tried on the fake device always, and on a GPU where there is one. Those that are only slow to be found out are shown to
gain where perfkit's guard against them is taken away.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from perfkit import schedule
from perfkit.equivalence import Equivalence, close, exact
from perfkit.schedule import BASELINE, CONTROL
from perfkit.sources.callables import CALL, Callables
from perfkit.worker.guard import Rejected, blaming
from perfkit.worker.proof.prove import prove
from perfkit.worker.sampler import RoleState, Sampler
from perfkit.worker.shared_state import SharedState
from perfkit.worker.timer import HostTimer, Timer
from tests.device.labs import LABS, FakeLab, Lab

pytestmark = pytest.mark.usefixtures("libraries_unwatched")

CANDIDATE = schedule.candidate_role(1)
ROLES = (BASELINE, CONTROL, CANDIDATE)
CLOSE = close(rtol=1e-6, why="x")
Function = Callable[[Any], Any]


@pytest.fixture(params=LABS)
def lab(request: pytest.FixtureRequest) -> Lab:
    made: Lab = request.param()
    return made


@cache
def state() -> SharedState:
    return SharedState(__name__)


def honest(lab: Lab) -> Function:
    def call(x: Any) -> Any:
        out = lab.empty(x)
        lab.work(x, out)
        return out

    return call


def replays_by_address(lab: Lab) -> Function:
    known: dict[int, Any] = {}
    right = honest(lab)

    def call(x: Any) -> Any:
        if lab.address(x) not in known:
            known[lab.address(x)] = right(x)
        return known[lab.address(x)]

    return call


def reuses_its_output(lab: Lab) -> Function:
    outs: list[Any] = []

    def call(x: Any) -> Any:
        if not outs:
            outs.append(lab.empty(x))
        lab.work(x, outs[0])
        return outs[0]

    return call


def on_a_side_stream(lab: Lab) -> Function:
    def call(x: Any) -> Any:
        out = lab.empty(x)
        lab.work(x, out, side=True)
        return out

    return call


def puts_its_work_off(lab: Lab) -> Function:
    ahead: list[tuple[Any, Any]] = []

    def call(x: Any) -> Any:
        out = lab.empty(x)
        for earlier in ahead:
            lab.work(*earlier)
        ahead[:] = [(x, out)]
        return out

    return call


def gives_free_memory(lab: Lab) -> Function:
    return lab.empty


def does_the_batch_at_once(lab: Lab) -> Function:
    """One piece of work does the calls of all inputs that lie about; who comes with one of them finds it done."""
    done: list[tuple[Any, Any]] = []

    def call(x: Any) -> Any:
        for other, out in done:
            if lab.same(x, other):
                return out
        batch = [x, *(other for other in lab.inputs() if lab.address(other) != lab.address(x))]
        done[:] = [(lab.copy(other), lab.empty(x)) for other in batch]
        lab.work_all(batch, [out for _, out in done])
        return done[0][1]

    return call


def is_lazy(lab: Lab) -> Function:
    return lambda x: lab.lazy(x, lab.empty(x))


def lowers_the_dtype(lab: Lab) -> Function:
    def call(x: Any) -> Any:
        out = lab.empty(x)
        lab.work(x, out, lowered=True)
        return out

    return call


def changes_its_input(lab: Lab) -> Function:
    right = honest(lab)

    def call(x: Any) -> Any:
        out = right(x)
        lab.spoil(x)
        return out

    return call


def gives_zeros(lab: Lab) -> Function:
    def call(x: Any) -> Any:
        out = lab.empty(x)
        lab.spoil(out)
        return out

    return call


def subjects(lab: Lab, candidate: Function, timer: Timer | None = None) -> tuple[Any, Any, Any]:
    """The baseline, its control and the candidate."""
    source = Callables(
        honest(lab),
        {"it": candidate},
        {CALL: lambda rng: ((lab.make(rng),), {})},
        timer=timer or lab.timer,
        shared_state=state(),
    )
    return source.macro(CALL, "made", []), source.macro(CALL, "made", []), source.macro(CALL, "made", ["it"])


def proven(lab: Lab, candidate: Function, rule: Equivalence = CLOSE) -> None:
    """The proof, with a few calls in a row."""
    baseline, _, other = subjects(lab, candidate)
    prove(baseline, other, rule, 0, soak=8)


def sampled(
    lab: Lab, candidate: Function, timer: Timer | None = None, *, rounds: int = 6, loops: int = 3, floor_ns: float = 0.0
) -> float:
    """Some rounds of three calls; the speed-up that they show."""
    timer = timer or lab.timer
    states = {
        role: RoleState(role=role, subject=subject, rule=exact() if role != CANDIDATE else CLOSE, loops=loops)
        for role, subject in zip(ROLES, subjects(lab, candidate, timer), strict=True)
    }
    taken = Sampler(
        group="g",
        seed=0,
        process=0,
        states=states,
        reference=states[BASELINE],
        timer=timer,
        target_ns=1,
        one_at_a_time=timer.device is not None,
        floor_ns=floor_ns,
    )
    for role in ROLES:
        with blaming(role):
            taken.settle(role)
    times: dict[str, list[int]] = {role: [] for role in ROLES}
    for number in range(rounds):
        for sample in taken.round(number, schedule.round_order(0, 0, "g", number, ROLES)):
            times[sample.role].append(sample.elapsed_ns)
    taken.finish()
    return statistics.median(times[BASELINE]) / statistics.median(times[CANDIDATE])


def test_an_honest_candidate_passes_and_is_as_fast(lab: Lab) -> None:
    proven(lab, honest(lab), exact())

    assert sampled(lab, honest(lab)) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("fraud", "why"),
    [
        (replays_by_address, "differ"),
        (reuses_its_output, "overwritten by now"),
        (puts_its_work_off, "differ"),
        (gives_free_memory, "differ"),
        (is_lazy, "another type|a different type|unknown type|is a"),
        (lowers_the_dtype, "differ"),
        (changes_its_input, "input"),
        (gives_zeros, "differ"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_the_proof_refuses(lab: Lab, fraud: Callable[[Lab], Function], why: str) -> None:
    with pytest.raises(Rejected, match=why) as refused:
        proven(lab, fraud(lab))

    assert refused.value.role in ("candidate", CANDIDATE)


@pytest.mark.parametrize(
    "fraud",
    [puts_its_work_off, gives_free_memory, lowers_the_dtype, changes_its_input, gives_zeros, reuses_its_output],
    ids=lambda fraud: fraud.__name__,
)
def test_so_does_the_comparison_of_timed_calls(lab: Lab, fraud: Callable[[Lab], Function]) -> None:
    with pytest.raises(Rejected):
        sampled(lab, fraud(lab))


def test_zeros_pass_under_no_absolute_tolerance(lab: Lab) -> None:
    with pytest.raises(Rejected, match="zeros would pass"):
        proven(lab, gives_zeros(lab), close(atol=100.0, why="x"))


def test_a_side_stream_gains_nothing(lab: Lab) -> None:
    proven(lab, on_a_side_stream(lab), exact())

    assert sampled(lab, on_a_side_stream(lab)) == pytest.approx(1, abs=0.2)


def replayed(lab: Lab) -> float:
    """How much faster calls are that are told apart by the address of their input, each made just before its call."""
    times = {}
    for name, function in (("honest", honest(lab)), ("replayed", replays_by_address(lab))):
        each_ns = []
        for number in range(12):
            x = lab.make(np.random.default_rng(number))
            each_ns.append(lab.timer.time_calls(function, [x])[0])
            del x
        times[name] = statistics.median(each_ns[4:])
    return times["honest"] / times["replayed"]


def test_whoever_replays_by_address_meets_no_address_again(lab: Lab) -> None:
    assert replayed(lab) == pytest.approx(1, abs=0.2)


def test_without_a_quarantine_he_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfkit.worker.device.memory._CALLS", 0)

    assert replayed(FakeLab()) > 100


def test_there_is_no_batch_to_be_done_at_once(lab: Lab) -> None:
    assert sampled(lab, does_the_batch_at_once(lab)) < 1.2


class _Waiting(HostTimer):
    """Waits for the device, and times the calls of a sample in one stretch: all inputs are there at the first."""

    def __init__(self, lab: FakeLab) -> None:
        super().__init__(lab.device.host)
        self._lab = lab

    def time_calls(self, call: Any, arguments: Any, *, star: bool = False) -> tuple[int, Any]:
        start = self._lab.device.now_ns
        _, result = super().time_calls(call, arguments, star=star)
        self._lab.device.synchronise()
        return self._lab.device.now_ns - start, result


def test_with_all_inputs_there_a_batch_would_gain() -> None:
    lab = FakeLab()

    assert sampled(lab, does_the_batch_at_once(lab), _Waiting(lab), loops=4) > 1.5


def test_a_patched_clock_is_not_believed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    right, called = honest(lab), []

    def candidate(x: Any) -> Any:
        called.append(True)
        return right(x)

    assert lab.timer is lab.timer  # it is there before the candidate
    lab.patch_clock(monkeypatch, lambda: bool(called and called.pop()))  # it lies about the candidate's calls alone
    if isinstance(lab, FakeLab):
        with pytest.raises(Rejected, match="what it says has been changed") as refused:
            sampled(lab, candidate)
        assert refused.value.role == CANDIDATE
    else:  # what the timer calls was taken before
        assert sampled(lab, candidate) < 1.2


class _Hasty(HostTimer):
    """What measures only that work was given away."""


def test_a_timer_that_does_not_wait_is_caught_by_the_floor() -> None:
    lab = FakeLab()

    with pytest.raises(Rejected, match="at the very least"):
        sampled(lab, honest(lab), _Hasty(lab.device.host), loops=1, floor_ns=500_000)


def test_unless_free_memory_is_written_over_what_is_right_may_be_found_there(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = FakeLab()
    monkeypatch.setattr(lab.device, "poison", lambda: None)
    baseline, _, other = subjects(lab, gives_free_memory(lab))
    x = lab.make(np.random.default_rng(0))
    right = baseline.once(x).copy()

    assert np.array_equal(other.once(x), right)
