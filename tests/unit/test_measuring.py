"""Groups in processes, round by round, on workers without a process and with time that only rounds move."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from perfkit.cell import Cell
from perfkit.errors import PerfkitError, WorkFailed
from perfkit.protocol.measuring import Build, Built, Finish, Finished, Replayed, Round, RoundSample, RoundTaken
from perfkit.session.measuring import Measuring
from perfkit.session.outcome import Candidate, Group, Outcome
from perfkit.session.worker_process import RejectedOutput
from perfkit.settings import Settings
from tests.messages import DIFFERENCE, FakeWorker, piloted, rejection

CELL = Cell(target="toy", workload="run", size="small", kind="macro")
FIRST, SECOND = Candidate(role="candidate-1", recipes=("toy/a",)), Candidate(role="candidate-2", recipes=("toy/b",))
SETTINGS = Settings(seed=1, budget_s=60.0, min_rounds=3, max_rounds=3, processes=2)
Twist = Callable[[Any, FakeWorker], Any]


@pytest.fixture(autouse=True)
def _retries_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perfkit.session.blame._RETRIED_S", 0.0)


def group(*candidates: Candidate, cell: Cell = CELL, processes: int = 2) -> Group:
    return Group(id="g", cell=cell, candidates=candidates or (FIRST,), processes=processes)


def _nothing(request: Any, worker: FakeWorker) -> Any:
    return None


class Workers:
    """Opens workers in which all is well, but for what `twist` answers or raises in the place of an answer."""

    def __init__(self, twist: Twist = _nothing) -> None:
        self.twist = twist
        self.opened: list[tuple[int, FakeWorker]] = []
        self.threads: list[int | None] = []

    def __call__(self, process: int, /, *, describe: bool = False, threads: int | None = None) -> FakeWorker:
        worker = self.fresh(process)
        kinds: dict[Any, Any] = {Build: self.built, Round: self.taken, Finish: self.finished}
        worker.answers = {kind: self.answering(worker, usual) for kind, usual in kinds.items()}
        self.opened.append((process, worker))
        self.threads.append(threads)
        return worker

    @staticmethod
    def fresh(process: int) -> FakeWorker:
        return FakeWorker({})

    def ahead(self, process: int, /, *, describe: bool = False, threads: int | None = None) -> Any:
        worker = self(process, threads=threads)
        return SimpleNamespace(worker=worker, opened=lambda: worker)

    def answering(self, worker: FakeWorker, usual: Any) -> Any:
        return lambda request: self.twist(request, worker) or usual(request, worker)

    @staticmethod
    def built(request: Build, worker: FakeWorker) -> Built:
        return Built(roles={role: piloted(units=("rows", 3.0)) for role in request.roles}, warnings=("a word",))

    @staticmethod
    def taken(request: Round, worker: FakeWorker) -> RoundTaken:
        samples = (RoundSample(role, i, request.loops.get(role, 1), 500, ()) for i, role in enumerate(request.order))
        return RoundTaken(tuple(samples))

    @staticmethod
    def finished(request: Finish, worker: FakeWorker) -> Finished:
        roles = worker.of(Build)[-1].roles
        return Finished(
            checked_calls=dict.fromkeys(roles, 2),
            calls=dict.fromkeys(roles, len(worker.asked)),
            ratios={role: {"size": (2.0, 1.0)} for role in roles},
            tails_ns=dict.fromkeys(roles, (5, 6)),
            recorded=Replayed(0.25, 1),
        )


def measured(workers: Workers, *groups: Group, kept: Callable[[], None] = lambda: None, at_once: int = 1) -> Outcome:
    outcome = Outcome()
    measuring = Measuring(outcome, SETTINGS, workers, lambda what, fraction: None, kept, at_once)
    measuring.measure(groups or (group(),))
    return outcome


def test_every_process_of_a_group_gives_its_rounds() -> None:
    workers, kept = Workers(), []
    outcome = measured(workers, kept=lambda: kept.append(1))

    samples = outcome.groups["g"].samples
    assert [process for process, _ in workers.opened] == [0, 1]
    assert {(s.process, s.round) for s in samples} == {(p, n) for p in (0, 1) for n in range(3)}
    assert len(samples) == 2 * 3 * 3
    assert {s.phase for s in samples} == {"measure"}
    assert outcome.groups["g"].stopped_by == "rounds"
    assert all(worker.closed for _, worker in workers.opened)
    assert len(kept) == 2
    assert outcome.failures == {}


def test_what_pilots_and_the_last_checks_say_is_noted() -> None:
    outcome = measured(Workers())
    found = outcome.groups["g"]

    assert outcome.warnings == ["a word"]  # once
    assert found.loops == dict.fromkeys(("baseline", "control", "candidate-1"), 250)
    assert found.ready_ns["control"] == [5, 5]
    assert found.build_ns == {}
    assert found.units == ("rows", 3.0)
    assert found.checked["candidate-1"] == 4
    assert found.calls["candidate-1"] == 5
    assert found.tails_ns["baseline"] == [5, 6, 5, 6]
    assert found.ratios["control"] == {"size": (4.0, 2.0)}
    assert found.recorded == [Replayed(0.25, 1)] * 2


def test_a_round_is_one_request_in_one_process_and_one_a_role_in_several() -> None:
    workers = Workers()
    measured(workers, group(processes=1))
    apart = Workers()
    measured(apart, group(cell=Cell(target="toy", workload="run", size="small", kind="macro", layout="processes"),
                          processes=1))  # fmt: skip

    assert [len(r.order) for r in workers.opened[0][1].of(Round)] == [3, 3, 3]
    assert len(apart.opened) == 3
    assert [[len(r.order) for r in worker.of(Round)] for _, worker in apart.opened] == [[1, 1, 1]] * 3
    assert {worker.of(Build)[0].roles for _, worker in apart.opened} == {("baseline",), ("control",), ("candidate-1",)}


def test_groups_of_one_process_share_a_worker_and_other_threads_have_their_own() -> None:
    other = Group(id="h", cell=CELL, candidates=(SECOND,), processes=1)
    two = Group(id="i", cell=Cell(target="toy", workload="run", size="small", kind="macro", threads=2),
                candidates=(FIRST,), processes=1)  # fmt: skip
    workers = Workers()
    measured(workers, group(processes=1), other, two)

    assert workers.threads == [None, 2]
    assert [r.group for r in workers.opened[0][1].of(Build)] == ["g", "h"]


def is_of(request: Any, worker: FakeWorker, recipe: str) -> bool:
    """Whether a round is asked of a worker in which a recipe is switched on."""
    return isinstance(request, Round) and any(recipe in v for v in worker.of(Build)[-1].variants.values())


def refuses(recipe: str) -> Twist:
    def twist(request: Any, worker: FakeWorker) -> Any:
        if not is_of(request, worker, recipe) or request.round < 1:
            return None
        role = next(role for role, v in worker.of(Build)[-1].variants.items() if recipe in v)
        return RejectedOutput(rejection(role, difference=DIFFERENCE))

    return twist


def test_a_candidate_that_is_refused_is_left_out_and_the_others_start_afresh() -> None:
    workers = Workers(refuses("toy/b"))
    outcome = measured(workers, group(FIRST, SECOND))

    assert set(outcome.failures) == {("toy/b",)}
    assert outcome.failures["toy/b",].text == f"on run: round 3: {DIFFERENCE}"
    counted = [s for s in outcome.groups["g"].samples if s.phase == "measure"]
    assert {s.role for s in counted} == {"baseline", "control", "candidate-1"}
    assert {(s.process, s.round) for s in counted} == {(p, n) for p in (0, 1) for n in range(3)}
    aborted = [s for s in outcome.groups["g"].samples if s.phase == "aborted"]
    assert {(s.process, s.round) for s in aborted} == {(0, 0)}
    assert all(worker.closed for _, worker in workers.opened)


@pytest.mark.parametrize("at_once", [1, 2])
@pytest.mark.parametrize("layout", ["in-process", "processes"])
@pytest.mark.parametrize(
    "failed",
    [
        WorkFailed("no answer within 1 s", reason="timeout", role="candidate-2"),
        RejectedOutput(rejection("candidate-2", difference=DIFFERENCE)),
    ],
)
def test_a_worker_that_hangs_or_is_spoilt_is_gone_before_anything_else_is_sampled(
    at_once: int, layout: str, failed: Exception
) -> None:
    left: list[FakeWorker] = []

    def twist(request: Any, worker: FakeWorker) -> Any:
        assert all(other.closed for other in left)
        if not (isinstance(request, Round) and "candidate-2" in request.order) or worker.about[-1].endswith("own"):
            return None
        left.append(worker)
        return failed

    outcome = measured(Workers(twist), group(FIRST, SECOND, cell=replace(CELL, layout=layout)), at_once=at_once)

    assert left
    assert set(outcome.failures) == {SECOND.key}
    assert {s.process for s in outcome.groups["g"].samples if s.phase == "measure"} == {0, 1}


def test_a_candidate_that_kills_its_worker_again_on_its_own_has_failed() -> None:
    died = WorkFailed("ended by SIGSEGV", reason="SIGSEGV", role="candidate-1")
    outcome = measured(Workers(lambda request, worker: died if is_of(request, worker, "toy/a") else None))

    found = outcome.failures["toy/a",]
    assert (found.verdict, found.reason, found.text) == ("failed", "SIGSEGV", "ended by SIGSEGV (and again on its own)")
    assert outcome.warnings == ["a word"]


def test_a_worker_that_dies_once_is_a_warning_and_the_next_process_goes_on() -> None:
    deaths = [WorkFailed("killed", reason="out-of-memory")]
    outcome = measured(Workers(lambda request, worker: deaths.pop() if deaths and request == Finish() else None))

    assert outcome.failures == {}
    assert outcome.warnings[-1] == "killed; it did not happen again on its own"
    assert {s.process for s in outcome.groups["g"].samples} == {0, 1}


def test_a_candidate_whose_worker_dies_in_two_processes_has_failed() -> None:
    deaths = [WorkFailed("killed", reason="SIGKILL", role="candidate-1") for _ in range(2)]

    def twist(request: Any, worker: FakeWorker) -> Any:
        on_its_own = worker.about[-1].endswith("on its own")
        return deaths.pop() if deaths and isinstance(request, Finish) and not on_its_own else None

    outcome = measured(Workers(twist))

    assert outcome.failures["toy/a",].text == "killed (and before in another process)"


def test_of_a_group_whose_worker_dies_in_each_process_the_candidates_are_tried_on_their_own_once() -> None:
    def twist(request: Any, worker: FakeWorker) -> Any:
        together = isinstance(request, Round) and request.round == 1 and not worker.about[-1].endswith("on its own")
        return WorkFailed(f"killed while {worker.about[-1]}", reason="SIGKILL") if together else None

    workers = Workers(twist)
    outcome = measured(workers, group(FIRST, SECOND, processes=3))
    on_their_own = [worker for _, worker in workers.opened if worker.about[-1].endswith("on its own")]

    assert outcome.failures == {}
    assert [set(worker.of(Build)[0].roles) - {"baseline", "control"} for worker in on_their_own] == [
        {"candidate-1"},
        {"candidate-2"},
    ]
    assert [words.partition("; ")[2] for words in outcome.warnings if words.startswith("killed")] == [
        "it did not happen again on its own",
        *["it did not happen again on its own, when it was tried in an earlier process"] * 2,
    ]


def test_slow_calls_are_tried_on_their_own_for_one_round_at_least_and_no_longer_than_need_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = itertools.count(step=10.0)  # seconds that each look at the clock takes
    monkeypatch.setattr("perfkit.session.blame.time", SimpleNamespace(monotonic=lambda: next(now)))
    deaths = [WorkFailed("killed", reason="SIGKILL")]
    workers = Workers(lambda request, worker: deaths.pop() if deaths and request == Finish() else None)
    measured(workers)
    (alone,) = [worker for _, worker in workers.opened if worker.about[-1].endswith("on its own")]

    assert [request.round for request in alone.of(Round)] == [0]


def test_one_that_does_not_answer_is_not_tried_again() -> None:
    late = WorkFailed("no answer within 1 s", reason="timeout", role="candidate-1")
    workers = Workers(lambda request, worker: late if is_of(request, worker, "toy/a") else None)
    outcome = measured(workers)

    assert outcome.failures["toy/a",].reason == "timeout"
    assert len(workers.opened) == 3  # of each process, and the one for the others of the first, of whom there are none


def test_a_baseline_that_dies_alone_leaves_nothing_to_compare_with() -> None:
    died = WorkFailed("ended by SIGSEGV", reason="SIGSEGV", role="baseline")
    outcome = measured(Workers(lambda request, worker: died if isinstance(request, Round) else None))

    assert outcome.failures["toy/a",].text == "the baseline itself fails: ended by SIGSEGV"


@pytest.mark.parametrize(
    "failed", [WorkFailed("no answer within 1 s", reason="timeout"), WorkFailed("it died", reason="exit")]
)
def test_what_hangs_while_it_is_built_ahead_is_gone_and_costs_no_other_group(failed: Exception) -> None:
    left: list[FakeWorker] = []

    def twist(request: Any, worker: FakeWorker) -> Any:
        assert all(other.closed for other in left)
        if not (isinstance(request, Build) and request.group == "a"):
            return None
        left.append(worker)
        return failed

    alone = Group(id="a", cell=CELL, candidates=(), processes=2, alone=True)
    after = replace(alone, id="b")
    outcome = measured(Workers(twist), alone, after, at_once=2)

    assert len(left) == 2
    assert outcome.groups["a"].failed is not None
    assert outcome.groups["b"].failed is None
    assert {s.process for s in outcome.groups["b"].samples} == {0, 1}


def test_what_perfkit_itself_cannot_do_in_a_group_is_looked_into_too() -> None:
    outcome = measured(Workers(lambda request, worker: PerfkitError("no memory") if request == Finish() else None))

    assert outcome.failures["toy/a",].text == "no memory"


def test_an_interruption_keeps_the_rounds_so_far_and_leaves_no_worker() -> None:
    def twist(request: Any, worker: FakeWorker) -> Any:
        return KeyboardInterrupt() if isinstance(request, Round) and request.round == 2 else None

    workers, outcome = Workers(twist), Outcome()
    measuring = Measuring(outcome, SETTINGS, workers, lambda what, fraction: None, lambda: None)
    with pytest.raises(KeyboardInterrupt):
        measuring.measure([group()])

    assert {s.round for s in outcome.groups["g"].samples} == {0, 1}
    assert all(worker.closed for _, worker in workers.opened)


def test_whether_inputs_come_one_at_a_time_is_known_from_the_counting_pass() -> None:
    workers, outcome = Workers(), Outcome(stateful={"run": True})
    Measuring(outcome, SETTINGS, workers, lambda what, fraction: None, lambda: None).measure([group()])

    assert all(r.stateful for _, worker in workers.opened for r in worker.of(Build))


class Log:
    """Which process was asked for what, in order."""

    def __init__(self, workers: Workers) -> None:
        self.workers, self.steps = workers, []

    def __call__(self, request: Any, worker: FakeWorker) -> Any:
        process = next(number for number, opened in self.workers.opened if opened is worker)
        self.steps.append((type(request).__name__, process))


def test_two_processes_are_built_before_the_first_of_them_samples() -> None:
    workers = Workers()
    workers.twist = log = Log(workers)
    together = measured(workers, group(processes=3), at_once=2)

    assert [step for step in log.steps if step[0] == "Build"] == [("Build", 0), ("Build", 1), ("Build", 2)]
    assert log.steps[:3] == [("Build", 0), ("Build", 1), ("Round", 0)]
    assert log.steps.index(("Finish", 0)) < log.steps.index(("Round", 1)) < log.steps.index(("Build", 2))
    assert together.groups["g"].samples == measured(Workers(), group(processes=3)).groups["g"].samples
    assert all(worker.closed for _, worker in workers.opened)


@pytest.mark.parametrize("error", [OSError(11, "no process"), PerfkitError("no memory")])
def test_where_there_is_no_room_for_another_process_one_after_the_other_samples(error: Exception) -> None:
    class Cramped(Workers):
        def ahead(self, process: int, /, *, describe: bool = False, threads: int | None = None) -> Any:
            if process == 1:
                raise error
            return super().ahead(process, describe=describe, threads=threads)

    workers = Cramped()
    outcome = measured(workers, group(processes=3), at_once=2)

    assert {s.process for s in outcome.groups["g"].samples} == {0, 1, 2}
    assert all(worker.closed for _, worker in workers.opened)


def test_what_was_built_with_a_candidate_that_is_found_wrong_is_built_anew() -> None:
    def twist(request: Any, worker: FakeWorker) -> Any:
        if isinstance(request, Round) and "candidate-2" in request.order:
            raise RejectedOutput(rejection("candidate-2", difference=DIFFERENCE))
        return None

    workers = Workers(twist)
    outcome = measured(workers, group(FIRST, SECOND), at_once=2)

    assert set(outcome.failures) == {SECOND.key}
    measure = [s for s in outcome.groups["g"].samples if s.phase == "measure"]
    assert {(s.process, s.role) for s in measure} == {
        (process, role) for process in (0, 1) for role in ("baseline", "control", "candidate-1")
    }


def test_what_fails_while_it_is_built_ahead_is_put_down_to_its_own_process() -> None:
    def twist(request: Any, worker: FakeWorker) -> Any:
        if isinstance(request, Build) and "candidate-2" in request.roles:
            raise RejectedOutput(rejection("candidate-2", error="ValueError: no"))
        return None

    outcome = measured(Workers(twist), group(FIRST, SECOND), at_once=2)

    assert set(outcome.failures) == {SECOND.key}
    assert {s.process for s in outcome.groups["g"].samples if s.phase == "measure"} == {0, 1}


def test_workers_end_while_the_next_are_opened_and_are_gone_before_those_sample() -> None:
    log: list[str] = []

    class Logged(FakeWorker):
        def __init__(self, process: int) -> None:
            super().__init__({})
            self.process = process

        def end(self) -> None:
            log.append(f"end {self.process}")

        def close(self) -> None:
            super().close()
            log.append(f"close {self.process}")

    class Opens(Workers):
        @staticmethod
        def fresh(process: int) -> FakeWorker:
            log.append(f"open {process}")
            return Logged(process)

    def twist(request: Any, worker: FakeWorker) -> Any:
        if isinstance(request, Round):
            log.append("sample")

    measured(Opens(twist), group(processes=4), at_once=2)

    kinds = [name for name, _ in itertools.groupby(line.partition(" ")[0] for line in log)]
    assert kinds == ["open", "sample", "end", "open", "close", "sample", "end", "close"]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_where_time_is_short_only_as_many_processes_are_sampled_as_a_verdict_needs(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr("perfkit.session.budget.Budget.is_tight", lambda self: True)
    outcome = measured(Workers(), group(processes=8), at_once=at_once)

    assert {s.process for s in outcome.groups["g"].samples} == set(range(5))
