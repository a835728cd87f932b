"""Saved runs: what is written is read back, and damage is one clear line."""

from __future__ import annotations

import io
import json
import typing
from collections.abc import Callable
from dataclasses import is_dataclass, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.axis import read_point
from perfkit.cell import Cell
from perfkit.errors import UsageError
from perfkit.reasons import SignalName
from perfkit.report.document import FORMAT_VERSION, document_from_json, read_document, to_json, write_text
from perfkit.result import ClaimOutcome, Document, Proof, ReadingOutcome, Result, Sample, Speedup

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    float: st.floats(allow_nan=False, allow_infinity=False),
    int: st.integers(-(2**62), 2**62),
    bool: st.booleans(),
    str: st.text(max_size=8),
    NoneType: st.none(),
}
PLAIN[object] = st.recursive(
    st.one_of(*PLAIN.values()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(PLAIN[str], inner, max_size=2),
)
PLAIN[float] = st.floats(min_value=1e-9, max_value=1e300)  # what a run can give; only free-form values may be any
PLAIN[int] = st.integers(1, 2**62)
PLAIN[SignalName] = PLAIN[str]
RISING = st.tuples(PLAIN[float], PLAIN[float], PLAIN[float]).map(sorted)


def _within(kind: Any, values: Any) -> Any:
    """`values` (low, point, high) put into a speed-up or a claim, whose own may stand in any order."""
    low, point, high = values
    if isinstance(kind, Speedup):
        return replace(kind, low=low, point=point, high=high, level=0.95)
    return replace(kind, low=low, high=high, measured=kind.measured and (point, low, high))


# what may be set beside a size: nothing, a number of threads, or one value along an axis
SETTINGS = st.one_of(
    st.just({"axes": (), "threads": None}),
    st.builds(lambda n: {"axes": (), "threads": n}, st.integers(1, 64)),
    st.builds(lambda n: {"axes": (("rows", n),), "threads": None}, st.integers(1, 2**40)),
)


def _set(cell: Cell, settings: dict[str, Any]) -> Cell:
    return replace(cell, size=f"s{cell.size}", **settings)


# what reading holds to more than its type
PLAUSIBLE: dict[type, Callable[[st.SearchStrategy[Any]], st.SearchStrategy[Any]]] = {
    Speedup: lambda made: st.builds(_within, made, RISING),
    Proof: lambda made: made.map(lambda p: replace(p, extremes=p.extremes and (min(p.extremes), max(p.extremes)))),
    Cell: lambda made: st.builds(_set, made.filter(lambda c: not read_point(f"s{c.size}")[1]), SETTINGS),
    ClaimOutcome: lambda made: st.builds(_within, made, RISING),
    ReadingOutcome: lambda made: st.builds(_within, made, RISING),
    Result: lambda made: made.map(lambda r: replace(r, recipes=(*r.recipes, "t/r"))),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotated type of perfkit.result."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if origin is typing.Literal:
        return st.sampled_from(args)
    if origin in (UnionType, typing.Union):
        return st.one_of(*map(values_of, args))
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(values_of(args[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, args))
    if origin is dict:
        return st.dictionaries(values_of(args[0]), values_of(args[1]), max_size=2)
    assert is_dataclass(kind)
    assert isinstance(kind, type)
    made = st.builds(kind, **{name: values_of(hint) for name, hint in typing.get_type_hints(kind).items()})
    refine = PLAUSIBLE.get(kind)
    return refine(made) if refine else made


def document(**changes: Any) -> Document:
    sample = Sample(group="g", role="baseline", process=1, round=2, position=0, loops=10, elapsed_ns=2**60 + 1)
    made = Document(
        perfkit="0", command="c", seed=1, status="complete", environment={"cpu": "x"}, results=(), samples=(sample,)
    )
    return replace(made, **changes)


@given(values_of(Document).map(lambda d: replace(d, format_version=FORMAT_VERSION)))
@settings(deadline=None, max_examples=60)
def test_a_document_survives_being_written_and_read(one: Document) -> None:
    assert document_from_json(json.loads(to_json(one)), "saved") == one


def test_a_saved_file_reads_as_what_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_text(to_json(document()), path)

    assert read_document(path) == document()
    assert read_document(path).samples[0].elapsed_ns == 2**60 + 1  # no float on the way


def test_a_saved_run_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(to_json(document()).encode())))

    assert read_document(Path("-")) == document()


def test_a_document_says_its_version_and_keeps_text_readable() -> None:
    text = to_json(document(command="größer → schneller"))

    assert json.loads(text)["format_version"] == FORMAT_VERSION
    assert "größer → schneller" in text


def test_sets_are_written_in_order_and_what_json_lacks_is_refused() -> None:
    assert json.loads(to_json({"touches": {"b", "a"}, 3: (1, None)})) == {"touches": ["a", "b"], "3": [1, None]}
    for number in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="JSON"):
            to_json({"speedup": number})


GOOD = to_json(document())
DAMAGED = [
    pytest.param(GOOD[: len(GOOD) // 2], "not a complete JSON", id="cut short"),
    pytest.param("", "not a complete JSON", id="empty"),
    pytest.param("[" * 100_000, "damaged: it is nested too deep", id="too deep"),
    pytest.param(GOOD.replace('"seed": 1', f'"seed": 1{"0" * 5000}'), "run.json", id="a number of 5000 digits"),
    pytest.param(GOOD.replace('"cpu": "x"', '"cpu": NaN'), "NaN is not a JSON number", id="NaN"),
    pytest.param(GOOD.replace('"cpu": "x"', '"cpu": -Infinity'), "-Infinity is not a JSON number", id="infinity"),
    pytest.param(
        GOOD.replace('"cpu": "x"', '"cpu": 1e999'), "1e999 is larger than any number", id="a number too large"
    ),
    pytest.param(
        GOOD.replace('"timing": {}', f'"timing": {{"a": 1{"0" * 400}}}'), "damaged", id="too large for a float"
    ),
    pytest.param(GOOD.replace('"cpu": "x"', f'"cpu": {"[" * 500}{"]" * 500}'), "nested too deep", id="a deep value"),
    pytest.param("[1, 2]", "not a saved run", id="a list"),
    pytest.param('{"machine": "x", "benchmarks": []}', "not a saved run", id="of another tool"),
    pytest.param(GOOD.replace('"format_version": 1', '"format_version": 2'), "format 2; .* up to 1", id="newer"),
    pytest.param(GOOD.replace('"format_version": 1', '"format_version": "1"'), "format '1'", id="version as text"),
    pytest.param(GOOD.replace('"format_version": 1', '"format_version": 0'), "format 0", id="version 0"),
    pytest.param(GOOD.replace('"seed"', '"sead"'), "damaged: object missing required field seed", id="field missing"),
    pytest.param(
        GOOD.replace('"seed": 1', '"seed": "1"'), "damaged: seed cannot be '1': expected int, got str", id="wrong type"
    ),
    pytest.param(GOOD.replace('"seed": 1', '"seed": true'), "damaged.*expected int, got bool", id="bool for int"),
    pytest.param(GOOD.replace('"loops": 10', '"loops": 1.5'), "damaged.*expected int, got float", id="float for int"),
    pytest.param(
        GOOD.replace('"results": []', '"results": {}'),
        "results cannot be {}: expected array, got object",
        id="object for list",
    ),
    pytest.param(
        GOOD.replace('"results": []', '"results": [3]'),
        r"results\[0\] cannot be 3: expected object, got int",
        id="number for object",
    ),
    pytest.param(
        GOOD.replace('{\n  "cpu": "x"\n }', "[]"),
        r"environment cannot be \[\]: expected object, got array",
        id="list for object",
    ),
]


@pytest.mark.parametrize(("text", "message"), DAMAGED)
def test_a_damaged_or_foreign_file_is_one_clear_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    assert text != GOOD

    with pytest.raises(UsageError, match=message) as caught:
        read_document(path)
    assert "run.json" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_file_cut_anywhere_is_never_taken_for_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    for length in range(0, len(GOOD), 9):
        path.write_text(GOOD[:length], encoding="utf-8")
        with pytest.raises(UsageError, match=r"run\.json is not a complete JSON file"):
            read_document(path)


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\x00\xfe")

    with pytest.raises(UsageError, match="binary: not a text file"):
        read_document(tmp_path / "binary")
    with pytest.raises(UsageError, match="missing: No such file"):
        read_document(tmp_path / "missing")
    with pytest.raises(UsageError, match="Is a directory"):
        read_document(tmp_path)


def test_text_that_is_no_unicode_is_saved_and_read_back(tmp_path: Path) -> None:
    odd = document(warnings=("a file name from the system: \udcff",))
    write_text(to_json(odd), tmp_path / "run.json")

    assert read_document(tmp_path / "run.json") == odd
