"""Careless optimisations of one small model: each is right once, and each is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from perfkit.equivalence import Equivalence, close, exact
from perfkit.errors import UsageError
from perfkit.schedule import BASELINE
from perfkit.worker.guard import Rejected, blaming, user_code
from perfkit.worker.proof.prove import TARGET, Tally, prove
from perfkit.worker.state import process_state

LOOSE = close(rtol=1e-6, atol=1e-9, why="x")


@pytest.fixture(autouse=True)
def _however_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine repeated calls end when their time is up, and late defects are not met."""
    for limit in ("prove._SOAK_S", "in_place._LONGEST_S", "ownership._LONGEST_S"):
        monkeypatch.setattr(f"perfkit.worker.proof.{limit}", 3600.0)


class Model:
    """y = x @ w, with (n, 3) inputs. A subclass plants its defect in `work`."""

    star = False

    def __init__(self) -> None:
        self.w = np.arange(1.0, 7.0).reshape(3, 2)
        self.calls = 0

    def data(self, stream: int) -> Any:
        return np.random.default_rng(stream).standard_normal((4, 3))

    def prepare(self, data: Any) -> Any:
        return data

    def invoke(self, x: np.ndarray) -> Any:
        self.calls += 1
        return self.work(x)

    def untouched(self, data: Any) -> Any:
        return data

    def around(self) -> Any:
        return nullcontext()

    def observe(self, argument: Any, output: Any) -> Any:
        return output

    def work(self, x: np.ndarray) -> Any:
        return x @ self.w


class Starred(Model):
    star = True

    def prepare(self, data: Any) -> Any:
        return (data,)


def defect(work: Callable[[Model, np.ndarray], Any]) -> type[Model]:
    return type("Planted", (Model,), {"work": work})


class RemembersByContent(Model):
    def __init__(self) -> None:
        super().__init__()
        self.memo: dict[bytes, np.ndarray] = {}

    def work(self, x: np.ndarray) -> np.ndarray:
        return self.memo.setdefault(x.tobytes() + self.w.tobytes(), x @ self.w)


class RemembersByShape(RemembersByContent):
    def work(self, x: np.ndarray) -> np.ndarray:
        return self.memo.setdefault(str(x.shape).encode(), x @ self.w)


class ReusesItsBuffer(Model):
    buffer = np.empty((4, 2))

    def work(self, x: np.ndarray) -> np.ndarray:
        return np.matmul(x, self.w, out=self.buffer) if x.shape == (4, 3) else x @ self.w


class KeepsTheFirstWeights(Model):
    kept: np.ndarray | None = None

    def work(self, x: np.ndarray) -> np.ndarray:
        self.kept = self.w.copy() if self.kept is None else self.kept
        return x @ self.kept


class AnswersTheCallBefore(Model):
    before: np.ndarray | None = None

    def work(self, x: np.ndarray) -> Any:
        answer, self.before = self.before, x @ self.w
        return self.before if answer is None else answer


class SpoilsItsInput(Model):
    def work(self, x: np.ndarray) -> np.ndarray:
        y = x @ self.w
        x[-1, -1] += 1e-3
        return y


class SpoilsItsInputLate(SpoilsItsInput):
    def work(self, x: np.ndarray) -> np.ndarray:
        return super().work(x) if self.calls > 40 else Model.work(self, x)


def exits(self: Model, x: np.ndarray) -> Any:
    raise SystemExit(3)


def raises(self: Model, x: np.ndarray) -> Any:
    raise ValueError("planted")


PLANTED = [
    pytest.param(defect(lambda self, x: np.zeros((len(x), 2))), "first call", "zeros|differ", id="zeros"),
    pytest.param(defect(lambda self, x: x @ self.w * np.nan), "first call", "nan", id="NaN"),
    pytest.param(defect(lambda self, x: (x @ self.w)[::-1]), "first call", "differ", id="swapped rows"),
    pytest.param(defect(lambda self, x: (x @ self.w).astype("f4")), "first call", "dtype", id="undeclared dtype"),
    pytest.param(defect(lambda self, x: (x @ self.w).tolist()), "first call", "type", id="wrong type"),
    pytest.param(defect(lambda self, x: (x @ self.w)[:, :1]), "first call", "shape", id="wrong shape"),
    pytest.param(defect(lambda self, x: x @ self.w + (self.calls >= 50)), "call 50 in a row", "differ", id="drift"),
    pytest.param(defect(raises), "first call", r"ValueError: planted \(test_prove.py:\d+\)", id="exception"),
    pytest.param(defect(exits), "first call", "SystemExit: 3", id="SystemExit"),
    pytest.param(RemembersByContent, "overwritten", "77", id="memo by content that hands out its own array"),
    pytest.param(RemembersByShape, "in a row", "differ", id="memo by shape"),
    pytest.param(ReusesItsBuffer, "kept from the first call", "first result", id="shared buffer"),
    pytest.param(KeepsTheFirstWeights, "after the weights changed", "differ", id="stale after change"),
    pytest.param(AnswersTheCallBefore, "in a row", "differ", id="one call behind"),
    pytest.param(SpoilsItsInput, "first call, input afterwards", "input", id="mutated input"),
    pytest.param(SpoilsItsInputLate, "call 41 in a row, input afterwards", "input", id="mutated input, later"),
]


OVERWRITTEN = 8  # results, at most
IN_PLACE = 5  # ways in which an input is nearly right at first


def change(subject: Any, rng: np.random.Generator) -> None:
    subject.w = rng.standard_normal((3, 2))


def awkward(subject: Any) -> Iterator[Callable[[np.random.Generator], Any]]:
    for rows in (1, 0, 7):
        yield lambda rng, rows=rows: rng.standard_normal((rows, 3))


@pytest.mark.parametrize(("planted", "during", "text"), PLANTED)
def test_a_careless_optimisation_is_rejected_where_it_goes_wrong(planted: type[Model], during: str, text: str) -> None:
    with pytest.raises(Rejected, match=text) as caught:
        prove(Model(), planted(), LOOSE, seed=3, change=change)

    assert during in caught.value.during
    assert bool(caught.value.error) != bool(caught.value.difference)


@pytest.mark.parametrize("rows", [0, 1, 7])
@pytest.mark.parametrize("again", [False, True])
def test_a_size_that_only_awkward_inputs_have_is_tried_twice(rows: int, again: bool) -> None:
    class Breaks(Model):
        met = 0

        def work(self, x: np.ndarray) -> np.ndarray:
            self.met += len(x) == rows
            return x @ self.w if len(x) != rows or self.met < 1 + again else np.ones((9, 9))

    with pytest.raises(Rejected, match=r"awkward input \d of 3: a different shape"):
        prove(Model(), Breaks(), LOOSE, seed=3, awkward=awkward)
    prove(Model(), Breaks(), LOOSE, seed=3)


@pytest.mark.parametrize("rule", [exact(), LOOSE], ids=str)
@pytest.mark.parametrize("kind", [Model, Starred])
def test_an_honest_candidate_passes_and_every_call_is_counted(kind: type[Model], rule: Equivalence) -> None:
    reference, candidate = kind(), kind()
    tally = prove(reference, candidate, rule, seed=3, awkward=awkward, change=change)

    assert isinstance(tally, Tally)
    assert tally.calls_of_one_instance == candidate.calls
    assert tally.checked_calls == candidate.calls - IN_PLACE  # the first call of each way is not judged
    assert tally.checked_calls >= 1 + 3 * 2 + 64 + 2 + 1
    assert np.array_equal(reference.w, candidate.w)
    assert not np.array_equal(reference.w, Model().w)


def test_a_candidate_that_rounds_otherwise_passes_only_with_a_tolerance() -> None:
    other = defect(lambda self, x: sum(x[:, [i]] * self.w[i] for i in (2, 0, 1)))
    prove(Model(), other(), LOOSE, seed=3)

    with pytest.raises(Rejected, match="differ"):
        prove(Model(), other(), exact(), seed=3)


class Freezes(RemembersByContent):
    """A result that nobody can spoil, and that a caller who owns the baseline's cannot use as he did."""

    def work(self, x: np.ndarray) -> Any:
        y = super().work(x)
        y.flags.writeable = False
        return y


class FreezesWithin(Freezes):
    def work(self, x: np.ndarray) -> Any:
        return {"y": [super().work(x)]}


class Within(Model):
    def work(self, x: np.ndarray) -> Any:
        return {"y": [x @ self.w]}


def test_a_cache_that_hands_out_copies_is_honest() -> None:
    class Copies(RemembersByContent):
        def work(self, x: np.ndarray) -> np.ndarray:
            return super().work(x).copy()

    assert prove(Model(), Copies(), exact(), seed=3, change=change).checked_calls > 64


@pytest.mark.parametrize(
    ("baseline", "planted", "place"), [(Model, Freezes, "output"), (Within, FreezesWithin, "output['y'][0]")]
)
def test_a_read_only_result_is_refused_where_the_baselines_can_be_written_to(
    baseline: type[Model], planted: type[Model], place: str
) -> None:
    with pytest.raises(Rejected, match="is read-only where the baseline's can be written to") as caught:
        prove(baseline(), planted(), exact(), seed=3)

    assert caught.value.difference is not None
    assert caught.value.difference.where == place
    prove(baseline(), planted(), exact(), seed=3, only_read=True)
    prove(planted(), planted(), exact(), seed=3)


class TwoRows(Model):
    def work(self, x: np.ndarray) -> Any:
        return [[0, 0], [0, 0]]


class OneRowTwice(Model):
    def work(self, x: np.ndarray) -> Any:
        return [[0, 0]] * 2


def test_parts_of_a_result_that_are_one_object_are_refused_where_the_baseline_has_two() -> None:
    with pytest.raises(Rejected, match=r"same object twice .* at output\[1\]"):
        prove(TwoRows(), OneRowTwice(), exact(), seed=3)
    prove(OneRowTwice(), OneRowTwice(), exact(), seed=3)
    prove(OneRowTwice(), TwoRows(), exact(), seed=3)


def test_fewer_repeated_calls_may_be_asked_for() -> None:
    candidate = Model()
    prove(Model(), candidate, exact(), seed=3, soak=4)

    assert candidate.calls < 1 + 4 + 1 + 1 + 2 * IN_PLACE + 2 * OVERWRITTEN + 1


def test_equal_seeds_prove_on_equal_inputs_and_others_on_others() -> None:
    def inputs(seed: int) -> list[bytes]:
        seen: list[bytes] = []
        prove(Model(), defect(lambda self, x: seen.append(x.tobytes()) or x @ self.w)(), exact(), seed)
        return seen

    assert inputs(1) == inputs(1)
    assert not set(inputs(1)) & set(inputs(2))
    # the first comes back, and those of the overwritten results
    assert 2 <= len(inputs(1)) - len(set(inputs(1))) <= 1 + OVERWRITTEN


@pytest.mark.parametrize("where", ["work", "data", "observe", "change"])
def test_a_baseline_that_raises_is_not_held_against_the_candidate(where: str) -> None:
    def planted(*_: Any) -> Any:
        raise ValueError("planted")

    reference: Any = Model()
    setattr(reference, where, planted)
    with pytest.raises(Rejected, match="planted") as caught:
        prove(reference, Model(), exact(), seed=3, change=lambda s, rng: getattr(s, "change", len)(""))

    assert caught.value.role == BASELINE


@pytest.mark.parametrize("error", [KeyboardInterrupt(), UsageError("mine")])
def test_an_interruption_and_perfkits_own_errors_go_through(error: BaseException) -> None:
    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        user_code("anything", work)


def test_a_rejection_reads_as_the_proof_of_a_result() -> None:
    with pytest.raises(Rejected) as caught:
        prove(Model(), defect(lambda self, x: x @ self.w + 1)(), exact(), seed=3)
    found = caught.value.said()

    assert (found.during, found.role, found.error) == ("first call", "candidate", "")
    assert found.difference is not None
    assert found.difference.index == (0, 0)


class Secret(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not for you")


def test_an_output_that_raises_when_it_is_compared_is_the_candidates_fault() -> None:
    answers = defect(lambda self, x: [Secret()])

    with pytest.raises(Rejected, match="RuntimeError: not for you") as caught:
        prove(answers(), answers(), exact(), seed=3)

    assert (caught.value.role, caught.value.reason) == ("candidate", "exception")


def test_running_out_of_memory_has_a_reason_of_its_own() -> None:
    def work(self: Model, x: np.ndarray) -> Any:
        raise MemoryError

    with pytest.raises(Rejected, match="MemoryError") as caught:
        prove(Model(), defect(work)(), exact(), seed=3)

    assert caught.value.reason == "out-of-memory"


def test_an_exception_that_cannot_be_printed_is_still_named() -> None:
    class Speechless(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def work() -> None:
        raise Speechless

    with pytest.raises(Rejected, match="Speechless"):
        user_code("building", work)


def test_a_candidate_must_leave_the_process_as_it_was_unless_the_baseline_changes_it_too() -> None:
    def work() -> None:
        np.seterr(divide="raise")

    process_state.forget_allowed()
    with np.errstate():
        user_code("importing a target", work, whole_process=True)
        np.seterr(divide="warn")
        with pytest.raises(Rejected, match="changes numpy's handling of floating-point errors"):
            user_code("round 1", work)
        assert np.geterr()["divide"] == "warn"
        with blaming(BASELINE):
            user_code("round 1", work)
        np.seterr(divide="warn")
        user_code("round 1", work)
    process_state.forget_allowed()


def test_what_is_only_read_may_be_handed_out_again_but_must_not_change() -> None:
    class OneMask(Model):
        mask = np.ones((4, 2))

        def work(self, x: np.ndarray) -> np.ndarray:
            return self.mask

    class Fresh(Model):
        def work(self, x: np.ndarray) -> np.ndarray:
            return np.ones((4, 2))

    assert prove(Fresh(), OneMask(), exact(), seed=0, only_read=True).checked_calls > 60
    with pytest.raises(Rejected, match="overwritten"):
        prove(Fresh(), OneMask(), exact(), seed=0)
    with pytest.raises(Rejected, match="kept from the first call"):
        prove(Model(), ReusesItsBuffer(), LOOSE, seed=0, only_read=True)


class Sorted(Model):
    """Whole numbers in order: a list of the caller's own."""

    def data(self, stream: int) -> Any:
        return np.random.default_rng(stream).integers(0, 9, 5).tolist()

    def work(self, x: Any) -> Any:
        return sorted(x)


class Remembered(Sorted):
    """As `lru_cache` on a function that returns a list: the same list again."""

    def __init__(self) -> None:
        super().__init__()
        self.memo: dict[tuple[int, ...], list[int]] = {}

    def work(self, x: Any) -> Any:
        return self.memo.setdefault(tuple(x), sorted(x))


class InPlace(Sorted):
    def work(self, x: Any) -> Any:
        x.sort()
        return x


class New(Model):
    def work(self, x: Any) -> Any:
        return x + 0


class TheInputItself(Model):
    def work(self, x: Any) -> Any:
        return x


class AView(Model):
    def work(self, x: Any) -> Any:
        return x[:]


@pytest.mark.parametrize(
    ("baseline", "planted", "during"),
    [
        pytest.param(Sorted, Remembered, "the same input again", id="one list twice"),
        pytest.param(New, TheInputItself, "its input afterwards", id="the input itself"),
        pytest.param(New, AView, "its input afterwards", id="a view of the input"),
    ],
)
def test_a_result_that_is_not_the_callers_own_is_refused(
    baseline: type[Model], planted: type[Model], during: str
) -> None:
    with pytest.raises(Rejected) as caught:
        prove(baseline(), planted(), exact(), seed=3)

    assert during in caught.value.during


def test_a_result_may_share_memory_with_the_input_where_the_baselines_does() -> None:
    prove(AView(), TheInputItself(), exact(), seed=3)


class Described:
    def __init__(self, model: dict[str, float], y: np.ndarray) -> None:
        self.model, self.y = model, y


class Describes(Model):
    """A result that refers to what the instance goes on using: callers do not own all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = {"factor": 2.0}

    def work(self, x: Any) -> Any:
        return Described(self.settings, x * self.settings["factor"])


def test_what_the_baselines_callers_do_not_own_is_not_asked_of_a_candidate() -> None:
    prove(Describes(), Describes(), exact(), seed=3)


class SortsInPlace(Sorted):
    """The caller's own list, sorted; nothing is returned."""

    def work(self, x: Any) -> Any:
        x.sort()


@pytest.mark.parametrize(
    ("work", "word"),
    [
        pytest.param(lambda self, x: None, "a different value", id="nothing done"),
        pytest.param(lambda self, x: x.sort(reverse=True), "a different value", id="another order"),
        pytest.param(lambda self, x: x.clear(), "a different length", id="too much done"),
        pytest.param(lambda self, x: x.sort() or x, "a different type", id="something returned"),
    ],
)
def test_where_the_baseline_changes_its_input_what_it_makes_of_it_is_output(
    work: Callable[[Model, Any], Any], word: str
) -> None:
    with pytest.raises(Rejected, match=word):
        prove(SortsInPlace(), type("Planted", (Sorted,), {"work": work})(), exact(), seed=3)


def test_an_honest_function_that_works_in_place_passes() -> None:
    def assigns(self: Model, x: Any) -> None:
        x[:] = sorted(x)

    def nearly(self: Model, x: np.ndarray) -> None:
        x *= 3.0000000001

    def thrice(self: Model, x: np.ndarray) -> None:
        x *= 3

    prove(SortsInPlace(), type("Honest", (Sorted,), {"work": assigns})(), exact(), seed=3)
    prove(defect(thrice)(), defect(nearly)(), LOOSE, seed=3)
    with pytest.raises(Rejected, match="input afterwards"):
        prove(defect(thrice)(), defect(nearly)(), exact(), seed=3)


def test_an_alias_shows_where_the_baseline_changes_its_input_too() -> None:
    def hands_back(self: Model, x: Any) -> Any:
        x.sort()
        return x

    def copies(self: Model, x: Any) -> Any:
        x.sort()
        return list(x)

    with pytest.raises(Rejected, match="its input afterwards"):
        prove(
            type("Copies", (Sorted,), {"work": copies})(), type("Alias", (Sorted,), {"work": hands_back})(), exact(), 3
        )


class DriftsLate(Model):
    def work(self, x: np.ndarray) -> Any:
        return x @ self.w + (self.calls > 500)


@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_drift_after_hundreds_of_calls_is_found_by_a_soak(seconds: float) -> None:
    candidate = DriftsLate()
    if not seconds:
        assert prove(Model(), candidate, exact(), seed=3).calls_of_one_instance < 100
        return
    with pytest.raises(Rejected, match=r"call 1 after \d+ that were not compared: .* differ"):
        prove(Model(), candidate, exact(), seed=3, soak_s=seconds)


def test_a_soak_ends_after_some_thousand_calls_and_counts_them() -> None:
    reference, candidate = Model(), Model()
    tally = prove(reference, candidate, exact(), seed=3, soak_s=60.0)

    assert tally.calls_of_one_instance == candidate.calls > 5_000
    assert reference.calls < 1000  # of whose calls nothing depends on


class Counts(Model):
    def work(self, x: np.ndarray) -> Any:
        return self.calls


class CountsTo100(Model):
    """What the baseline gives depends on the calls before, though it does not show at first."""

    def work(self, x: np.ndarray) -> Any:
        return x @ self.w + (self.calls > 100)


@pytest.mark.parametrize("kind", [Counts, CountsTo100])
def test_a_baseline_with_a_history_is_called_as_often_as_the_candidate(kind: type[Model]) -> None:
    prove(kind(), kind(), exact(), seed=3, soak_s=0.2)


class Random(Model):
    def work(self, x: np.ndarray) -> Any:
        return np.random.default_rng().random(3)


class RandomLater(Model):
    """Random from the tenth call on: the control does not see it."""

    def work(self, x: np.ndarray) -> Any:
        return np.random.default_rng().random(3) if self.calls > 10 else x @ self.w


class Addressed(Model):
    def work(self, x: np.ndarray) -> Any:
        return f"<result at {id(self)}>"


class Consumed(Model):
    """A result of a type that the tree does not know."""

    def work(self, x: np.ndarray) -> Any:
        return iter(x.tolist())


class Streams(Model):
    """An input of such a type."""

    def data(self, stream: int) -> Any:
        return [np.random.default_rng(stream).standard_normal((4, 3)), iter([1])]

    def work(self, x: Any) -> Any:
        return x[0] @ self.w


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Random, "does not equal itself between two instances: .* seed it"),
        (RandomLater, "does not equal itself between two instances: .* seed it"),
        (Addressed, "does not equal itself between two instances: a different value"),
        (Consumed, "unknown type builtins.list_iterator at output; it is not a result yet: consume it"),
        (Streams, r"unknown type builtins.list_iterator at input\[1\]"),
    ],
)
def test_a_baseline_that_is_not_equal_to_itself_is_the_targets_fault(kind: type[Model], words: str) -> None:
    with pytest.raises(Rejected, match=words) as caught:
        prove(kind(), kind(), exact(), seed=3, fresh=lambda role: kind())

    assert (caught.value.reason, caught.value.role) == (TARGET, BASELINE)


def test_a_wrong_candidate_is_still_wrong_where_the_baseline_has_a_control() -> None:
    with pytest.raises(Rejected, match="differ") as caught:
        prove(Model(), DriftsLate(), exact(), 3, soak_s=5.0, fresh=lambda role: Model())

    assert (caught.value.reason, caught.value.role) == (None, "candidate")


class Raw:
    """A result of a type of a C extension, say: only what is observed of it is known."""

    def __init__(self, y: np.ndarray) -> None:
        self.y, self.stream = y, iter([1])


class Observed(Model):
    buffer: np.ndarray | None = None

    def observe(self, argument: Any, output: Any) -> Any:
        return output.y

    def work(self, x: np.ndarray) -> Any:
        return Raw(x @ self.w)


class ObservedBuffer(Observed):
    def work(self, x: np.ndarray) -> Any:
        self.buffer = np.empty((4, 2)) if self.buffer is None else self.buffer
        np.matmul(x, self.w, out=self.buffer)
        return Raw(self.buffer)


def test_a_kept_result_of_unknown_type_is_known_by_what_is_observed_of_it() -> None:
    prove(Observed(), Observed(), exact(), seed=3)
    with pytest.raises(Rejected, match="a result kept from the first call"):
        prove(Observed(), ObservedBuffer(), exact(), seed=3)


class Extends(Model):
    """Gives a number; what counts is the array that it leaves in its argument, as a cache of keys is."""

    def prepare(self, data: Any) -> Any:
        return {"x": data}

    def observe(self, argument: Any, output: Any) -> Any:
        return {"sum": output, "left": argument["left"]}

    def work(self, x: Any) -> Any:
        x["left"] = x["x"] @ self.w
        return x["left"].sum()


class ExtendsOneMemory(Extends):
    def work(self, x: Any) -> Any:
        x["left"] = np.matmul(x["x"], self.w, out=ReusesItsBuffer.buffer)
        return x["left"].sum()


class ShowsItsState(Model):
    """What is observed of it is its own, and changes from call to call."""

    def __init__(self) -> None:
        super().__init__()
        self.state = np.zeros(2)

    def observe(self, argument: Any, output: Any) -> Any:
        return {"y": output, "state": self.state}

    def work(self, x: np.ndarray) -> Any:
        self.state += x.sum()
        return x @ self.w


def test_what_is_seen_of_a_result_must_stay_as_it_was_too() -> None:
    prove(Extends(), Extends(), exact(), seed=3)
    prove(ShowsItsState(), ShowsItsState(), exact(), seed=3)
    with pytest.raises(Rejected, match="a result kept from the first call"):
        prove(Extends(), ExtendsOneMemory(), exact(), seed=3)
