"""Rounds of one group on fake subjects, whose calls take exactly as long as they are told to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
import pytest

from perfkit import schedule
from perfkit.equivalence import close, exact
from perfkit.schedule import BASELINE, CONTROL, SLOW_CALL_NS
from perfkit.sources.callables import CALL, Callables
from perfkit.target import Workload
from perfkit.worker.proof.prove import Rejected
from perfkit.worker.sampler import RoleState, Sampler, blaming
from perfkit.worker.shared_state import SharedState
from perfkit.worker.subject import MacroSubject
from perfkit.worker.timer import HostTimer

pytestmark = pytest.mark.usefixtures("libraries_unwatched")

CANDIDATE = schedule.candidate_role(1)
ROLES = (BASELINE, CONTROL, CANDIDATE)
TARGET_NS = 50_000
Twist = Callable[[int, np.ndarray, np.ndarray], Any]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine preparing takes its time, which is real: it must not cut the loops of one role alone."""
    monkeypatch.setattr("perfkit.worker.sampler._PREPARE_NS", 10**15)


class Clock:
    def __init__(self) -> None:
        self.now_ns = 0

    def __call__(self) -> int:
        return self.now_ns


class Work:
    """2x + 1 in `call_ns`; `twist(call number, x, y)` plants a defect."""

    def __init__(self, clock: Clock, call_ns: int = 1000, twist: Twist = lambda n, x, y: y) -> None:
        self.clock, self.call_ns, self.twist = clock, call_ns, twist
        self.seen: list[bytes] = []

    def __call__(self, x: np.ndarray, padding: Any = None) -> Any:
        self.seen.append(x.tobytes())
        self.clock.now_ns += self.call_ns
        return self.twist(len(self.seen), x, 2 * x + 1)


PADDING = np.broadcast_to(0.0, (0,))


@cache
def state() -> SharedState:
    """Looked at once, by the first test that asks: it goes through every module that is loaded."""
    return SharedState(__name__)


def subject_of(work: Work, padding: np.ndarray = PADDING) -> Any:
    """A subject that calls it; `instance` is the work itself."""
    source = Callables(work, {}, {CALL: lambda rng: ((rng.standard_normal((3, 2)), padding), {})}, shared_state=state())
    return source.macro(CALL, "made", [])


def fake(clock: Clock, call_ns: int = 1000, twist: Twist = lambda n, x, y: y) -> Any:
    return subject_of(Work(clock, call_ns, twist))


def of_one_argument(clock: Clock) -> Any:
    """As `fake`, of a workload whose input is no tuple."""
    described = Workload(
        id="one", summary="", data=lambda shared, rng: rng.standard_normal((3, 2)), call=lambda work: work
    )
    return MacroSubject(described, Work(clock), None)


def sampler(*subjects: Any, usual_ns: float = 0.0) -> Sampler:
    """A sampler for baseline, control and candidate, all piloted."""
    rules = (exact(), exact(), close(rtol=1e-6, why="x"))
    states = {r: RoleState(role=r, subject=s, rule=rule) for r, s, rule in zip(ROLES, subjects, rules, strict=True)}
    known, clock = states[BASELINE], subjects[0].instance.clock
    made = Sampler(
        group="g",
        seed=0,
        process=1,
        states=states,
        reference=known,
        timer=HostTimer(clock),
        target_ns=TARGET_NS,
        usual_ns=usual_ns,
    )
    for role in ROLES:
        with blaming(role):
            made.pilot(role)
    return made


def with_candidate(twist: Twist = lambda n, x, y: y, call_ns: int = 1000) -> Sampler:
    clock = Clock()
    return sampler(fake(clock), fake(clock), fake(clock, call_ns, twist))


UNCHECKED = next(n for n in range(1, 100) if not schedule.checked(0, 1, "g", n))


def play(made: Sampler, rounds: Iterable[int] = range(3)) -> None:
    for number in rounds:
        made.round(number, schedule.round_order(made.seed, made.process, made.group, number, ROLES))
    made.finish()


@pytest.mark.parametrize("call_ns", [10, 1000, 7777, 49_999, 50_000, 600_000])
def test_loops_are_chosen_so_that_a_sample_lasts_the_target(call_ns: int) -> None:
    made = with_candidate(call_ns=call_ns)
    (sample,) = made.round(0, [CANDIDATE])

    assert TARGET_NS <= sample.elapsed_ns <= max(1.5 * TARGET_NS, call_ns) + call_ns * (call_ns < TARGET_NS)
    assert sample.elapsed_ns == sample.loops * call_ns
    assert made.states[CANDIDATE].call_ns == call_ns


def test_a_sample_takes_no_more_inputs_than_its_share_of_memory() -> None:
    clock = Clock()
    big = subject_of(Work(clock), np.broadcast_to(0.0, (1 << 20,)))  # 8 MiB
    subjects = fake(clock), fake(clock), big
    for subject in subjects:
        subject.untouched = lambda data: data[0]  # all but the padding, which only one has
    made = sampler(*subjects)

    assert made.states[CANDIDATE].loops == 7  # of 64 MiB
    assert made.states[BASELINE].loops > 7


@pytest.mark.parametrize(("usual_ns", "loops"), [(1000.0, 50), (0.0, 1), (2.0 * SLOW_CALL_NS, 1)])
def test_a_first_call_that_compiles_is_not_taken_for_a_slow_one(usual_ns: float, loops: int) -> None:
    clock = Clock()

    def compiles(number: int, x: np.ndarray, y: np.ndarray) -> Any:
        clock.now_ns += 2_000_000_000 if number == 1 else 0
        return y

    made = sampler(fake(clock), fake(clock), fake(clock, twist=compiles), usual_ns=usual_ns)

    assert made.states[CANDIDATE].loops >= loops
    assert (made.states[CANDIDATE].loops == 1) == (loops == 1)  # where such a call may be usual it is called but once


def test_what_was_counted_as_long_needs_no_pilot() -> None:
    """Of the baseline and its control; a candidate may be so much faster that one of its calls is no sample."""
    clock = Clock()
    subjects = [fake(clock, 4 * TARGET_NS), fake(clock, 4 * TARGET_NS), fake(clock, TARGET_NS // 10)]
    made = sampler(*subjects, usual_ns=4.0 * TARGET_NS)

    assert [made.states[role].loops for role in (BASELINE, CONTROL)] == [1, 1]
    assert made.states[BASELINE].call_ns == 4 * TARGET_NS
    assert len(subjects[1].instance.seen) == 1  # by the control, which answers for nobody else
    assert made.states[CANDIDATE].loops >= 10


def test_even_a_call_that_takes_no_time_gets_a_bounded_number_of_loops() -> None:
    assert 1_000 <= with_candidate(call_ns=0).states[CANDIDATE].loops <= 20_000


def test_a_round_samples_every_role_in_the_order_given() -> None:
    samples = with_candidate().round(0, [CONTROL, CANDIDATE, BASELINE])

    assert [(s.role, s.position) for s in samples] == [(CONTROL, 0), (CANDIDATE, 1), (BASELINE, 2)]
    assert all(s.flags == () for s in samples)


@pytest.mark.parametrize("kind", [fake, of_one_argument])
def test_every_input_is_used_once_and_each_sample_follows_one_throw_away_call(kind: Callable[[Clock], Any]) -> None:
    clock = Clock()
    subjects = [kind(clock) for _ in ROLES]
    made = sampler(*subjects)
    before = [len(s.instance.seen) for s in subjects]
    play(made, range(4))

    for subject, role, begun in zip(subjects, ROLES, before, strict=True):
        assert len(set(subject.instance.seen)) == len(subject.instance.seen), role
        assert len(subject.instance.seen) - begun == 4 * (1 + made.states[role].loops)


def test_all_roles_get_the_same_inputs() -> None:
    clock = Clock()
    subjects = [fake(clock) for _ in ROLES]
    play(sampler(*subjects))

    assert subjects[0].instance.seen == subjects[1].instance.seen == subjects[2].instance.seen


def test_a_slow_call_is_warmed_once_and_has_no_throw_away_call() -> None:
    clock = Clock()
    subjects = [fake(clock, SLOW_CALL_NS) for _ in ROLES]
    made = sampler(*subjects)
    assert [len(s.instance.seen) for s in subjects] == [1, 1, 1]
    made.round(0, ROLES)

    assert [len(s.instance.seen) for s in subjects] == [2, 2, 2]
    assert made.states[CANDIDATE].loops == 1
    assert made.states[CANDIDATE].call_ns == SLOW_CALL_NS


@pytest.mark.parametrize("call_ns", [300, 1000, 4000])
def test_an_honest_candidate_passes_whatever_its_loops(call_ns: int) -> None:
    made = with_candidate(call_ns=call_ns)
    play(made)

    assert all(state.checked_calls >= 3 for state in made.states.values())  # warm-up, first round, last sample


BUFFER = np.empty((3, 2))


def same_buffer(n: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    BUFFER[...] = y
    return BUFFER


def spoils_its_input(n: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x[1, 1] = 0
    return y


PLANTED = [
    pytest.param(lambda n, x, y: y + (n >= 50), "differ", id="drift at call 50"),
    pytest.param(spoils_its_input, "input", id="mutates its input"),
    pytest.param(same_buffer, "kept", id="hands out the same buffer twice"),
    pytest.param(lambda n, x, y: y * np.nan, "differ", id="NaN"),
    pytest.param(lambda n, x, y: y.astype(np.float32), "dtype", id="another dtype"),
    pytest.param(lambda n, x, y: y[::-1], "differ", id="swapped rows"),
    pytest.param(lambda n, x, y: None, "type", id="nothing"),
    pytest.param(lambda n, x, y: [y][n > 20], "IndexError", id="exception"),
]


@pytest.mark.parametrize(("twist", "word"), PLANTED)
@pytest.mark.parametrize("guilty", [1, 2], ids=[CONTROL, CANDIDATE])
def test_a_defect_among_the_timed_calls_is_rejected_with_its_role(twist: Twist, word: str, guilty: int) -> None:
    clock = Clock()
    with pytest.raises(Rejected) as caught:
        play(sampler(*(fake(clock, twist=twist) if i == guilty else fake(clock) for i in range(3))))

    assert caught.value.role == ROLES[guilty]
    assert word in str(caught.value)


def test_a_defect_after_the_last_checked_round_is_found_at_the_end() -> None:
    wrong: list[bool] = []
    made = with_candidate(lambda n, x, y: y + len(wrong))
    made.round(0, ROLES)
    wrong.append(True)
    made.round(UNCHECKED, ROLES)  # nothing raised: this round is not compared
    with pytest.raises(Rejected, match="last round") as caught:
        made.finish()

    assert caught.value.role == CANDIDATE


def test_a_reference_call_that_raises_is_not_held_against_the_candidate() -> None:
    made = with_candidate()
    made.reference.subject.instance.twist = lambda n, x, y: [y][1]
    with pytest.raises(Rejected, match="IndexError") as caught:
        made.round(0, [CANDIDATE])

    assert caught.value.role == BASELINE


def decaying() -> Sampler:
    """A candidate whose outputs go subnormal in a walk of more than ten calls."""
    made: list[Sampler] = []

    def twist(n: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return y * 1e-310 if made and made[0].states[CANDIDATE].loops > 10 else y

    made.append(with_candidate(twist))
    return made[0]


def test_a_sample_whose_data_decayed_is_repeated_with_fewer_loops_and_says_so() -> None:
    (sample,) = decaying().round(UNCHECKED, [CANDIDATE])

    assert sample.flags == ("subnormal", "repeated")
    assert 1 <= sample.loops <= 10
    assert sample.elapsed_ns == sample.loops * 1000


def test_a_repeated_sample_gets_fresh_inputs() -> None:
    made = decaying()
    made.round(UNCHECKED, [CANDIDATE])
    seen = made.states[CANDIDATE].subject.instance.seen

    assert len(seen) - len(set(seen)) == 0


def test_what_a_single_call_does_already_is_not_flagged() -> None:
    clock = Clock()
    tiny: Twist = lambda n, x, y: y * 1e-310  # noqa: E731
    made = sampler(*(fake(clock, twist=tiny) for _ in ROLES))

    assert [s.flags for s in made.round(0, ROLES)] == [(), (), ()]
    assert made.states[BASELINE].natural == ("subnormal",)


def test_what_a_recipe_pays_with_is_added_up_over_the_rounds() -> None:
    clock = Clock()
    halves = fake(clock)
    halves.ratios = lambda data, seen: {"size": (float(data[0].size), 2.0)}
    made = sampler(fake(clock), fake(clock), halves)
    play(made, range(3))

    assert made.states[CANDIDATE].ratios == {"size": (18.0, 6.0)}  # (3, 2) numbers in each of three rounds
    assert made.states[BASELINE].ratios == {}


CHECKED = [n for n in range(200) if schedule.checked(0, 1, "g", n)]


def looked_at(made: Sampler, number: int) -> int:
    """The number of the call that was looked at in a sample."""
    stream = made.states[CANDIDATE].last_stream
    assert stream is not None
    return stream - made._streams(1, "round", number, 0)[0]


def test_of_a_checked_sample_any_call_is_looked_at_and_the_same_one_in_every_role() -> None:
    made = with_candidate()
    met = set()
    for number in CHECKED:
        made.round(number, ROLES)
        met.add(looked_at(made, number))
        assert len({state.last_stream for state in made.states.values()}) == 1

    loops = made.states[CANDIDATE].loops
    assert met <= set(range(loops))
    assert len(met) > len(CHECKED) / 3


def test_of_a_sample_that_is_not_checked_the_last_call_is_looked_at() -> None:
    made = with_candidate()
    made.round(UNCHECKED, ROLES)

    assert looked_at(made, UNCHECKED) == made.states[CANDIDATE].loops - 1


def test_a_call_in_the_middle_of_samples_that_is_always_wrong_is_found() -> None:
    """Right whenever a sample ends: a walk of which only the last call is looked at never sees it."""
    calls = [0]

    def twist(n: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        calls[0] = n
        return y + (started <= n and (n - started) % per_sample not in (0, per_sample - 1))

    started = 10**9
    made = with_candidate(twist)
    per_sample = made.states[CANDIDATE].loops + 1  # with the throw-away call
    started = calls[0] + 1
    with pytest.raises(Rejected, match="after the clock"):
        play(made, CHECKED)


def test_what_is_looked_at_in_the_middle_of_a_sample_is_seen_right_after_its_call() -> None:
    clock = Clock()
    subjects = [fake(clock) for _ in ROLES]
    for subject in subjects:  # what is observed is the state of the instance: the number of its calls
        subject.observe = lambda argument, output, work=subject.instance: len(work.seen)
    made = sampler(*subjects)
    for number in CHECKED[:3]:
        before = len(subjects[0].instance.seen)
        made.round(number, ROLES)
        assert made.states[BASELINE].last_seen == before + 1 + looked_at(made, number) + 1


def test_looking_at_an_output_is_not_on_the_clock() -> None:
    def observe(argument: Any, output: Any) -> Any:
        clock.now_ns += 10**9
        return output

    clock = Clock()
    subjects = [fake(clock) for _ in ROLES]
    for subject in subjects:
        subject.observe = observe
    made = sampler(*subjects)
    samples = made.round(CHECKED[0], ROLES)

    assert [s.elapsed_ns for s in samples] == [s.loops * 1000 for s in samples]


def test_the_calls_of_an_instance_are_counted() -> None:
    clock = Clock()
    subjects = [fake(clock) for _ in ROLES]
    made = sampler(*subjects)
    play(made, range(3))
    for role in ROLES:
        made.tail(role)

    assert [made.states[role].calls for role in ROLES] == [len(s.instance.seen) for s in subjects]


def test_a_kept_result_that_cannot_be_copied_is_known_by_what_is_observed_of_it() -> None:
    class Handle:
        """Holds a result, and cannot be copied."""

        def __init__(self, result: Any) -> None:
            self.result, self.lock = result, threading.Lock()

    def observed(twist: Twist = lambda n, x, y: y) -> Any:
        subject = fake(clock, twist=lambda n, x, y: Handle(twist(n, x, y)))
        subject.observe = lambda argument, output: output.result
        return subject

    clock = Clock()
    play(sampler(*(observed() for _ in ROLES)))
    with pytest.raises(Rejected, match="kept") as caught:
        play(sampler(observed(), observed(), observed(same_buffer)))

    assert caught.value.role == CANDIDATE


def test_inputs_that_the_baseline_changes_must_be_changed_alike() -> None:
    def doubles(n: int, x: np.ndarray, y: np.ndarray) -> None:
        x *= 2

    def triples(n: int, x: np.ndarray, y: np.ndarray) -> None:
        x *= 3

    clock = Clock()
    play(sampler(*(fake(clock, twist=doubles) for _ in ROLES)))
    with pytest.raises(Rejected, match="input afterwards"):
        sampler(fake(clock, twist=doubles), fake(clock, twist=doubles), fake(clock, twist=triples))
    with pytest.raises(Rejected, match="input afterwards"):
        sampler(fake(clock, twist=doubles), fake(clock, twist=doubles), fake(clock, twist=lambda n, x, y: None))


def test_single_calls_of_a_swept_group_are_swept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    works = [Work(clock) for _ in ROLES]
    made = sampler(*map(subject_of, works))
    made.swept = made.one_at_a_time = True
    before: list[int] = []  # how many calls there were, each time
    monkeypatch.setattr(made.timer, "cool", lambda: before.append(len(works[0].seen)))
    calls = len(works[0].seen)
    found = made.tail(BASELINE)

    assert len(found) > 1
    assert before == [*range(calls, calls + len(found) + 1)]
