"""Pairs of functions whose fate is known, each proven by a worker in this process: right ones pass, others do not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import PerfkitError
from perfkit.protocol.opening import FromCallables, Open
from perfkit.protocol.proving import Prove, Settle
from perfkit.session.worker_process import RejectedOutput
from perfkit.sources.callables import CALL
from perfkit.worker.inline import InlineWorker

HERE = "tests.own.pairs"
N = {CALL: "((7,), {})"}
TEXT = {CALL: "(('12 ',), {})"}


@dataclass(frozen=True)
class Pair:
    """Two functions, what they are called with, and what the proof says: "" where it passes."""

    old: str
    new: str
    inputs: Any
    says: str = ""
    options: Any = None


PAIRS = [
    Pair("unique_slow", "unique_fast", "words"),
    Pair("unique_slow", "unique_unordered", "words", "a different length|a different value"),
    Pair("unique_slow", "unique_one_short", "words", "a different length"),
    Pair("unique_slow", "unique_as_tuple", "words", "a different type"),
    Pair("unique_slow", "unique_in_place", "words", "input afterwards, which the call changes"),
    Pair("unique_slow", "unique_by_id", "words", "a different"),
    Pair("unique_slow", "unique_by_content", "words"),
    Pair("mean", "mean_exact", "numbers", "would pass"),
    Pair("mean", "mean_exact", "numbers", "", {"close": {"rtol": 1e-12}}),
    Pair("mean", "mean_exact", "numbers", "", {"equal": f"{HERE}:alike"}),
    Pair(
        "mean",
        "rounded",
        "numbers",
        r"pairs:alike raises TypeError: .* \(pairs.py:\d+\)",
        {"equal": f"{HERE}:alike"},
    ),
    Pair("digest", "digest", "numbers", "unknown type _hashlib.HASH at output"),
    Pair("digest", "digest", "numbers", "", {"equal": f"{HERE}:same_digest"}),
    Pair("locked", "locked", "locks", "unknown type _thread.lock at input"),
    Pair("mean", "mean_of_array", "numbers", "a different type"),
    Pair("rounded", "rounded_by_name", "named"),
    Pair("rounded", "rounded_otherwise", "named", "rounded_otherwise cannot be called like this: multiple values"),
    Pair("Total.add", "Total.add_at_once", "totals"),
    Pair("Total.add", "Total.add_uncounted", "totals", "calls"),
    Pair("doubled", "doubled_in_place", "boxes", "input afterwards, which the call changes"),
    Pair("squares", "squares_at_once", "numbers", "a different type"),
    Pair("squares", "squares_but_last", "numbers", "a different number of items"),
    Pair("gathered", "in_turn", "numbers"),
    Pair("gathered", "in_turn_wrong", "numbers", "a different"),
    Pair("streamed", "streamed_backwards", "numbers", "a different value"),
    Pair("on_threads", "on_one_thread", "numbers"),
    Pair("rounded", "rounded_otherwise", {CALL: "((), {'values': [1.234, 5.678], 'digits': 1})"}),
    Pair("fib", "fib_loop", {CALL: "((9,), {})"}),
    Pair("dump", "dump_sorted", {CALL: "(({'b': 1, 'a': 2},), {})"}, "a different value"),
    Pair("scaled", "scaled_float32", "arrays", "float32"),
    Pair("scaled", "scaled_in_place", "arrays", "input afterwards, which the call changes"),
    Pair("parsed", "parsed_by_hand", {CALL: "((' 12',), {})"}, "raises|ValueError"),
    Pair("parsed", "parsed_by_hand", {CALL: "(('x',), {})"}, "", {"raising": True}),
    Pair("parsed", "parsed_with_other_words", {CALL: "(('x',), {})"}, "a different message", {"raising": True}),
    Pair("parsed", "parsed_or_none", {CALL: "(('x',), {})"}, "a different type", {"raising": True}),
    Pair("told", "told_at_once", N, "", {"printed": True}),
    Pair("told", "told_less", N, "output.printed", {"printed": True}),
    Pair("drawn", "drawn", N, "does not equal itself .* seed it"),
    Pair("stamped", "stamped", N, "does not equal itself .* --equal"),
    Pair("shuffled", "shuffled_too", N),
    Pair("counted", "shuffled_in_secret", N, "Python's global generator"),
    Pair("counted", "moves", N, "the current folder"),
    Pair("floored", "floored_by_another", "numbers", "replaces math.floor, for all code of the process"),
    Pair("numbered", "numbered", N, r"calls change tests\.own\.pairs\.Counter\.calls, .* as an argument, or compare"),
    Pair("numbered_by_default", "numbered_by_default", N, "calls change the defaults of tests.own.pairs.numbered_by_"),
    Pair("endless", "endless", N, "without end .* have it take those that count, by itertools.islice$"),
    Pair("counted", "closes", N, "changes a stream of the process .sys.stdout: closed."),
    Pair("counted", "forks", N, "forks, and the child comes back from the call too; end it"),
    Pair("counted", "forks_and_raises", N, "forks, and the child comes back from the call too; end it"),
    Pair("counted", "forks_and_ends", N),
    Pair("counted", "forks_and_exits", N),
    Pair("counted", "asks", N, r"EOFError|reading from stdin|EOFError \(pairs"),
    Pair("counted", "quits", N, r"SystemExit: 3 \(pairs.py:\d+\); it would end whoever calls it: return, or raise"),
    Pair("tallied", "tallied_backwards", {CALL: "(('abc',), {})"}, "other keys"),
    Pair("unique_slow", "unique_fast", "again_meant"),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p.old}-{p.new}-{p.says[:12] or 'passes'}")
def test_a_pair_is_proven_or_refused(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if "for all code" not in pair.says:
        request.getfixturevalue("libraries_unwatched")
    monkeypatch.setattr("perfkit.worker.lazy.drain._MOST_ITEMS", 100_000)
    inputs = {"make": f"{HERE}:{pair.inputs}"} if isinstance(pair.inputs, str) else {"calls": pair.inputs}
    source = FromCallables(
        baseline=f"{HERE}:{pair.old}",
        candidates={"new": f"{HERE}:{pair.new}"},
        folder=str(tmp_path),
        **inputs,
        **(pair.options or {}),
    )
    with InlineWorker({"OMP_NUM_THREADS": "1"}, timeout_s=60.0) as worker:
        said = ""
        try:
            worker.ask(Open(source=source, seed=3, process=0), about="opening")
            proof = Prove(workload=CALL, on=(), recipes=("new",), at_size=False, soak=4, soak_s=0.0)
            worker.ask(proof, about="the proof")
            worker.ask(Settle(workload=CALL, on=(), recipes=("new",), quiet=True), about="the end")
        except RejectedOutput as rejected:
            said = rejected.rejection.text
        except PerfkitError as error:
            said = error.message

    if pair.says:
        assert said
        with pytest.raises(AssertionError, match=pair.says):
            raise AssertionError(said)
    else:
        assert said == ""
