"""The same object again, changed in place: caches that know an input by less than all its content are refused."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from perfkit.equivalence import exact
from perfkit.worker.guard import Rejected
from perfkit.worker.proof.prove import prove

Work = Callable[[Any], Any]


class Subject:
    """A function with inputs of one kind; each instance has a function of its own."""

    star = False

    def __init__(self, make: Callable[[], Work], draw: Callable[[np.random.Generator], Any]) -> None:
        self.invoke, self.draw = make(), draw

    def data(self, stream: int) -> Any:
        return self.draw(np.random.default_rng(stream))

    def prepare(self, data: Any) -> Any:
        return data

    def untouched(self, data: Any) -> Any:
        return data

    def around(self) -> Any:
        return nullcontext()

    def observe(self, argument: Any, output: Any) -> Any:
        return output


class Lists(Subject):
    """The function gets a list that is made of the data."""

    def prepare(self, data: Any) -> Any:
        return data.tolist()


def plainly(x: Any) -> Any:
    """Depends on every element and on its place."""
    return [float(v) * (i + 1) for i, v in enumerate(np.asarray(list(x), float).ravel())]


class ByKey:
    """A cache whose key says less of the input than its content does."""

    def __init__(self, key: Callable[[Any], Any]) -> None:
        self.key, self.known = key, {}

    def __call__(self, x: Any) -> Any:
        key = self.key(x)
        if key not in self.known:
            self.known[key] = plainly(x), x  # kept alive: its id stays its own
        return list(self.known[key][0])


class Keeps:
    """Compares with the input of the call before, of which it kept a reference and no copy."""

    def __init__(self) -> None:
        self.before: Any = None
        self.answer: Any = None

    def __call__(self, x: Any) -> Any:
        if self.before is None or not np.array_equal(np.asarray(self.before), np.asarray(x)):
            self.before, self.answer = x, plainly(x)
        return list(self.answer)


class Weakly:
    """Remembers by a weak reference."""

    def __init__(self) -> None:
        self.before: Any = lambda: None
        self.answer: Any = None

    def __call__(self, x: Any) -> Any:
        if self.before() is not x:
            self.before, self.answer = weakref.ref(x), plainly(x)
        return list(self.answer)


KEYS = {
    "id": id,
    "length and first": lambda x: (len(x), float(x[0])),
    "sum": lambda x: (id(x), round(float(np.sum(x)), 6)),
    "sorted": lambda x: (id(x), tuple(np.sort(np.asarray(x).ravel()))),
    "first bytes": lambda x: np.asarray(x).tobytes()[:24],
    "last": lambda x: (id(x), float(x[-1])),
    "both ends": lambda x: (id(x), float(x[0]), float(x[-1])),
}
DRAWN: dict[str, Callable[[np.random.Generator], Any]] = {
    "array": lambda rng: rng.standard_normal(12),
    "list": lambda rng: rng.integers(0, 99, 12).tolist(),
}


@pytest.mark.parametrize("drawn", DRAWN)
@pytest.mark.parametrize("key", KEYS)
def test_a_cache_by_less_than_the_content_is_refused(key: str, drawn: str) -> None:
    with pytest.raises(Rejected, match=r"another|differ") as caught:
        prove(
            Subject(lambda: plainly, DRAWN[drawn]),
            Subject(lambda: ByKey(KEYS[key]), DRAWN[drawn]),
            exact(),
            seed=1,
            soak=8,
        )

    assert "changed in place" in caught.value.during


@pytest.mark.parametrize("make", [Keeps, Weakly])
def test_a_reference_to_the_last_input_is_no_copy_of_it(make: Callable[[], Work]) -> None:
    with pytest.raises(Rejected, match="the same object again, changed in place"):
        prove(Subject(lambda: plainly, DRAWN["array"]), Subject(make, DRAWN["array"]), exact(), seed=1, soak=8)


def test_what_is_made_of_the_data_is_changed_in_place_too() -> None:
    arrays = DRAWN["array"]
    with pytest.raises(Rejected, match="the same object again, changed in place"):
        prove(Lists(lambda: plainly, arrays), Lists(lambda: ByKey(id), arrays), exact(), seed=1, soak=8)


@pytest.mark.parametrize("drawn", DRAWN)
def test_a_cache_by_all_of_the_content_is_honest(drawn: str) -> None:
    honest = Subject(lambda: ByKey(lambda x: np.asarray(x).tobytes()), DRAWN[drawn])

    assert prove(Subject(lambda: plainly, DRAWN[drawn]), honest, exact(), seed=1, soak=8).checked_calls > 12


@pytest.mark.parametrize("draw", [lambda rng: int(rng.integers(1, 9)), lambda rng: "abc"[: int(rng.integers(1, 3))]])
def test_what_cannot_be_changed_in_place_is_passed_over(draw: Callable[[np.random.Generator], Any]) -> None:
    prove(Subject(lambda: str, draw), Subject(lambda: str, draw), exact(), seed=1, soak=8)


def ordered(x: Any) -> Any:
    """Takes sorted numbers only."""
    if any(a > b for a, b in itertools.pairwise(x)):
        raise ValueError("not sorted")
    return x[0], x[-1]


class Poisoned:
    """As `ordered`; after an input that no caller may hand in it is of no use."""

    def __init__(self) -> None:
        self.broken = False

    def __call__(self, x: Any) -> Any:
        self.broken |= any(a > b for a, b in itertools.pairwise(x))
        return (x[0], x[-1]) if not self.broken else None


def test_an_input_that_the_baseline_does_not_take_is_not_asked_of_the_candidate() -> None:
    def draw(rng: np.random.Generator) -> Any:
        return sorted(rng.integers(0, 99, 12).tolist())

    prove(Subject(lambda: ordered, draw), Subject(Poisoned, draw), exact(), seed=1, soak=8)


TABLE = np.arange(50.0)


def test_what_inputs_share_is_never_written_to() -> None:
    before = TABLE.copy()

    def draw(rng: np.random.Generator) -> Any:
        return {"table": TABLE, "part": TABLE[5:9], "at": rng.integers(0, 50, 4)}

    def work(x: Any) -> Any:
        return [*(x["table"][x["at"]]), *x["part"]]

    prove(Subject(lambda: work, draw), Subject(lambda: work, draw), exact(), seed=1, soak=8)
    assert np.array_equal(TABLE, before)


class Total:
    """Keeps a running sum in the instance."""

    def __init__(self) -> None:
        self.sum = 0.0

    def __call__(self, x: Any) -> Any:
        self.sum += float(x.sum())
        return self.sum


def test_a_workload_with_a_history_is_tried_with_whole_inputs_only() -> None:
    prove(Subject(Total, DRAWN["array"]), Subject(Total, DRAWN["array"]), exact(), seed=1, soak=8, soak_s=0.01)


def test_a_baseline_that_knows_its_input_by_the_object_does_not_refuse_one_that_does_not() -> None:
    remembers = Subject(lambda: ByKey(id), DRAWN["array"])

    prove(remembers, Subject(lambda: plainly, DRAWN["array"]), exact(), seed=1, soak=8)


class Seam(Subject):
    """Called with a tuple of arguments: one of them drawn, one of a type that the tree does not know."""

    star = True

    def prepare(self, data: Any) -> Any:
        return data, POOL


POOL = iter([1])


def test_an_argument_of_unknown_type_that_stays_the_same_is_passed_on() -> None:
    def work(x: Any, pool: Any) -> Any:
        return plainly(x)

    class ById:
        def __init__(self) -> None:
            self.inner = ByKey(id)

        def __call__(self, x: Any, pool: Any) -> Any:
            return self.inner(x)

    draw = DRAWN["array"]
    prove(Seam(lambda: work, draw), Seam(lambda: work, draw), exact(), seed=1, soak=8)
    with pytest.raises(Rejected, match="the same object again, changed in place"):
        prove(Seam(lambda: work, draw), Seam(ById, draw), exact(), seed=1, soak=8)
