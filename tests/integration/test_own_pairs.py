"""Pairs of functions whose fate is known, each proven by a worker in this process: right ones pass, others do not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import PerfkitError
from perfkit.protocol.opening import FromCallables, Open
from perfkit.protocol.proving import Prove, Settle
from perfkit.session.process import RejectedOutput
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
    Pair("unique_slow", "unique_unordered", "words", "another length|another value"),
    Pair("unique_slow", "unique_one_short", "words", "another length"),
    Pair("unique_slow", "unique_as_tuple", "words", "another type"),
    Pair("unique_slow", "unique_in_place", "words", "input afterwards, which the call changes"),
    Pair("unique_slow", "unique_by_id", "words", "another"),
    Pair("unique_slow", "unique_by_content", "words"),
    Pair("mean", "mean_exact", "numbers", "would pass"),
    Pair("mean", "mean_exact", "numbers", "", {"close": {"rtol": 1e-12}}),
    Pair("mean", "mean_exact", "numbers", "", {"equal": f"{HERE}:alike"}),
    Pair("mean", "rounded", "numbers", "tests.own.pairs:alike raises TypeError", {"equal": f"{HERE}:alike"}),
    Pair("digest", "digest", "numbers", "unknown type _hashlib.HASH at output"),
    Pair("digest", "digest", "numbers", "", {"equal": f"{HERE}:same_digest"}),
    Pair("locked", "locked", "locks", "unknown type _thread.lock at input"),
    Pair("mean", "mean_of_array", "numbers", "another type"),
    Pair("rounded", "rounded_by_name", "named"),
    Pair("rounded", "rounded_otherwise", "named", "rounded_otherwise cannot be called like this: multiple values"),
    Pair("Total.add", "Total.add_at_once", "totals"),
    Pair("Total.add", "Total.add_uncounted", "totals", "calls"),
    Pair("doubled", "doubled_in_place", "boxes", "input afterwards, which the call changes"),
    Pair("squares", "squares_at_once", "numbers", "another type"),
    Pair("squares", "squares_but_last", "numbers", "another number of items"),
    Pair("gathered", "in_turn", "numbers"),
    Pair("gathered", "in_turn_wrong", "numbers", "another"),
    Pair("streamed", "streamed_backwards", "numbers", "another value"),
    Pair("on_threads", "on_one_thread", "numbers"),
    Pair("rounded", "rounded_otherwise", {CALL: "((), {'values': [1.234, 5.678], 'digits': 1})"}),
    Pair("fib", "fib_loop", {CALL: "((9,), {})"}),
    Pair("dump", "dump_sorted", {CALL: "(({'b': 1, 'a': 2},), {})"}, "another value"),
    Pair("scaled", "scaled_float32", "arrays", "float32"),
    Pair("scaled", "scaled_in_place", "arrays", "input afterwards, which the call changes"),
    Pair("parsed", "parsed_by_hand", {CALL: "((' 12',), {})"}, "raises|ValueError"),
    Pair("parsed", "parsed_by_hand", {CALL: "(('x',), {})"}, "", {"raising": True}),
    Pair("parsed", "parsed_with_other_words", {CALL: "(('x',), {})"}, "another message", {"raising": True}),
    Pair("parsed", "parsed_or_none", {CALL: "(('x',), {})"}, "another type", {"raising": True}),
    Pair("told", "told_at_once", N, "", {"printed": True}),
    Pair("told", "told_less", N, "output.printed", {"printed": True}),
    Pair("drawn", "drawn", N, "does not equal itself .* seed it"),
    Pair("stamped", "stamped", N, "does not equal itself .* --equal"),
    Pair("shuffled", "shuffled_too", N),
    Pair("counted", "shuffled_in_secret", N, "Python's global generator"),
    Pair("counted", "moves", N, "the current folder"),
    Pair("counted", "asks", N, "EOFError|reading from stdin"),
    Pair("counted", "quits", N, "SystemExit: 3"),
    Pair("tallied", "tallied_backwards", {CALL: "(('abc',), {})"}, "other keys"),
    Pair("unique_slow", "unique_fast", "again_meant"),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p.old}-{p.new}-{p.says[:12] or 'passes'}")
def test_a_pair_is_proven_or_refused(pair: Pair, tmp_path: Path) -> None:
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
