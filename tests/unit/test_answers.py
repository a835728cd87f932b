"""Nothing but the answer to its own request is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from perfkit.proof import Difference
from perfkit.protocol.answers import _FIELDS, read_answer
from perfkit.worker import main
from perfkit.worker.guard import Rejected

SAMPLE = {"role": "baseline", "position": 0, "loops": 3, "elapsed_ns": 12, "flags": []}
CALLS = {"checked_calls": 3, "calls_of_one_instance": 3}
GOOD = {"number": 7, "ok": CALLS}


def line(**changed: Any) -> bytes:
    return json.dumps({**GOOD, **changed}).encode()


def test_the_answer_to_the_request_is_taken() -> None:
    assert read_answer(line(), "prove_seam", 7) == {"ok": CALLS, "threads": []}
    assert read_answer(line(ok={"samples": [SAMPLE]}), "round", 7) == {"ok": {"samples": [SAMPLE]}, "threads": []}
    raised = [["candidate", "ValueError: no", 2]]
    assert read_answer(line(threads=raised), "prove_seam", 7) == {"ok": CALLS, "threads": raised}


@pytest.mark.parametrize(
    "rejected",
    [
        Rejected("warm-up", error="ValueError: no"),
        Rejected("proof", Difference(where="output", index=(3,), expected="1", got="2", why="")),
    ],
)
def test_what_a_worker_says_of_a_wrong_output_is_taken(rejected: Rejected) -> None:
    sent = json.dumps({"number": 7, "rejected": rejected.to_json()})

    assert read_answer(sent.encode(), "prove", 7) == {"rejected": json.loads(sent)["rejected"], "threads": []}


@pytest.mark.parametrize(
    "text",
    [
        b"garbage",
        b"\xff\xfe",
        b"[" * 200_000,
        b"1" * 10_000,
        b"null",
        b"[]",
        b"{}",
        b'{"ok": {}}',
        b'{"ok": {"checked_calls": 3}}',
        b'{"number": 6, "ok": {"checked_calls": 3}}',
        b'{"number": 7}',
        b'{"number": 7, "ok": {}}',
        b'{"number": 7, "ok": {"checked_calls": "3"}}',
        b'{"number": 7, "ok": null}',
        b'{"number": 7, "ok": {"checked_calls": 3}, "error": {}}',
        b'{"number": 7, "error": {"message": "x"}}',
        b'{"number": 7, "rejected": {"during": "x"}}',
        b'{"number": 7, "other": {}}',
        b'{"number": 7, "ok": {"checked_calls": 3}, "threads": [3]}',
        b'garbage{"number": 7, "ok": {"checked_calls": 3}}',
    ],
)
def test_any_other_line_is_not(text: bytes) -> None:
    assert read_answer(text, "prove", 7) is None


def test_the_samples_of_a_round_are_looked_at_too() -> None:
    for wrong in ({}, {**SAMPLE, "loops": None}, 3):
        assert read_answer(line(ok={"samples": [SAMPLE, wrong]}), "round", 7) is None


def test_every_request_has_a_shape() -> None:
    assert set(_FIELDS) == set(main._ANSWERS)
