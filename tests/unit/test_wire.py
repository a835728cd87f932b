"""Nothing but the answer to its own request is taken for one, and every message says exactly what it must."""

from __future__ import annotations

import json
from typing import Any, Literal, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.errors import PerfkitError
from perfkit.profilers.common.spent import Spent
from perfkit.protocol import counting, extremes, failing, measuring, opening, peak_memory, profiling, proving
from perfkit.protocol.measuring import Finish, Round, RoundSample, RoundTaken
from perfkit.protocol.proving import Prove, Proven
from perfkit.protocol.record import Record, Request, answer_type
from perfkit.protocol.wire import REQUESTS, Command, Ok, Reply, read_command, read_reply, request_of, write
from perfkit.tree import Difference
from perfkit.worker.guard import Rejected
from perfkit.worker.main import FAMILIES, Worker, answer

PROVE = Prove(workload="run", on=(), recipes=("toy/x",), at_size=True, soak_s=0.5)
ROUND = Round(round=3, order=("baseline",), loops={})
SAMPLE = {"role": "baseline", "position": 0, "loops": 3, "elapsed_ns": 12, "flags": []}
CALLS = {"checked_calls": 3, "calls_of_one_instance": 3}

MESSAGES = sorted(
    {
        kind
        for module in (counting, extremes, failing, measuring, opening, peak_memory, profiling, proving)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Record) and kind not in (Record, Request)
    }
    | {Difference, Spent},
    key=lambda kind: kind.__name__,
)
NUMBERS = st.floats(allow_nan=False)
JSON = st.dictionaries(st.text(), st.none() | st.booleans() | NUMBERS | st.text(), max_size=2)


def some(kind: Any) -> st.SearchStrategy[Any]:
    """Instances of a kind of message, with texts and numbers of every sort in them."""
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name in kind.__struct_fields__}
    return st.builds(kind, **{name: of(hint) for name, hint in hints.items()})


def of(hint: Any) -> st.SearchStrategy[Any]:
    if hint is Any:
        return JSON
    if hint is float:
        return NUMBERS
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return some(hint)
    arguments = getattr(hint, "__args__", ())
    origin = getattr(hint, "__origin__", None)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is ...:
        return st.lists(of(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(of, arguments))
    if origin is dict:
        return JSON if arguments[1] is Any else st.dictionaries(st.text(), of(arguments[1]), max_size=2)
    if arguments:  # a union
        return st.one_of(*map(of, arguments))
    return st.from_type(hint)


st.register_type_strategy(str, st.text(st.characters(), max_size=5))  # halves of surrogate pairs too


def line(**changed: Any) -> bytes:
    said = {"type": "ok", "answer": CALLS}
    return json.dumps({"number": 7, "said": said, "threads": [], **changed}).encode()


def ok(**answer: Any) -> bytes:
    return line(said={"type": "ok", "answer": answer})


def test_the_answer_to_the_request_is_taken() -> None:
    assert read_reply(line(), PROVE, 7) == Reply(number=7, said=Ok(Proven(**CALLS)), threads=())
    taken = Reply(number=7, said=Ok(RoundTaken((RoundSample("baseline", 0, 3, 12, ()),))), threads=())
    assert read_reply(ok(samples=[SAMPLE]), ROUND, 7) == taken
    raised = failing.ThreadRaised("candidate", "ValueError: no", 2)
    reply = read_reply(line(threads=[{"role": "candidate", "what": "ValueError: no", "count": 2}]), PROVE, 7)
    assert reply is not None
    assert reply.threads == (raised,)


@pytest.mark.parametrize(
    "rejected",
    [
        Rejected("warm-up", error="ValueError: no"),
        Rejected("proof", Difference(where="output", index=(3,), expected="1", got="2", why="")),
        Rejected("proof", Difference(where="x", index=None, expected="", got="", why="", max_abs=float("inf"))),
        Rejected("warm-up", error="half a pair: \ud83d"),
    ],
)
def test_what_a_worker_says_of_a_wrong_output_is_taken(rejected: Rejected) -> None:
    reply = Reply(number=7, said=rejected.said(), threads=())

    assert read_reply(write(reply), PROVE, 7) == reply


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
        b'{"said": {"type": "ok", "answer": {}}}',
        ok(checked_calls=3),
        ok(**CALLS, awkward="3"),
        ok(**CALLS, more=3),
        ok(**{**CALLS, "checked_calls": "3"}),
        ok(**{**CALLS, "checked_calls": True}),
        ok(samples=[]),
        line(number=6),
        line(number="7"),
        line(number=True),
        line(said=None),
        line(said={}),
        line(said={"type": "ok"}),
        line(said={"type": "other"}),
        line(said={"type": "error", "message": "x"}),
        line(said={"type": "rejected", "during": "x"}),
        line(threads=[3]),
        line(threads=[["candidate", "x", 1]]),
        line(more=1),
        b"garbage" + line(),
    ],
)
def test_any_other_line_is_not(text: bytes) -> None:
    assert read_reply(text, PROVE, 7) is None


@pytest.mark.parametrize("wrong", [{}, {**SAMPLE, "loops": None}, {**SAMPLE, "more": 1}, 3])
def test_the_samples_of_a_round_are_looked_at_too(wrong: object) -> None:
    assert read_reply(ok(samples=[SAMPLE, wrong]), ROUND, 7) is None


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.__name__)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_a_message_goes_through_the_pipe_and_no_other(kind: type[msgspec.Struct], data: st.DataObject) -> None:
    message = data.draw(some(kind))
    sent = json.loads(json.dumps(msgspec.to_builtins(message)))

    assert msgspec.convert(sent, kind) == message
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({**sent, "nobody's": 1}, kind)
    required = [f.name for f in msgspec.structs.fields(kind) if f.required]
    for name in required:
        with pytest.raises(msgspec.ValidationError, match="missing required field"):
            msgspec.convert({key: value for key, value in sent.items() if key != name}, kind)
    for field in msgspec.structs.fields(kind):
        if field.type is not Any:
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert({**sent, field.name: b"of no type"}, kind)


@pytest.mark.parametrize("kind", REQUESTS, ids=lambda kind: kind.__name__)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_a_worker_reads_the_request_that_it_was_sent(kind: type[Request[Any]], data: st.DataObject) -> None:
    request = data.draw(some(kind))
    command = read_command(write(Command(number=7, request=request)).decode())

    assert command.number == 7
    assert request_of(command) == request


@pytest.mark.parametrize(
    "request_",
    [None, {}, {"do": "Finish", "more": 1}, {"do": "Round"}, {"do": "Nothing"}, {"do": "Round", "round": "3"}],
)
def test_what_is_no_request_is_one_clear_error(request_: object) -> None:
    reply = answer(Worker(), json.dumps({"number": 7, "request": request_}))

    assert reply.number == 7
    assert isinstance(reply.said, failing.WorkerError)
    assert reply.said.message.startswith("a worker was sent what is no request: ")


@pytest.mark.parametrize("text", ["garbage", "{}", "[" * 200_000, '{"number": "7", "request": {"do": "Finish"}}'])
def test_what_has_no_number_cannot_be_answered(text: str) -> None:
    with pytest.raises(PerfkitError, match="a worker was sent what is no command"):
        answer(Worker(), text)


def test_a_worker_that_was_not_opened_says_so() -> None:
    reply = answer(Worker(), write(Command(number=1, request=Finish())).decode())

    assert isinstance(reply.said, failing.WorkerError)
    assert reply.said.message == "the worker was asked to work before it was opened"


def test_every_request_has_one_handler_that_gives_its_answer() -> None:
    loaded: Any = None
    handlers = [
        *Worker().handlers.items(),
        *(pair for family in FAMILIES for pair in family(loaded).handlers().items()),
    ]

    assert sorted(kind.__name__ for kind, _ in handlers) == sorted(kind.__name__ for kind in REQUESTS)
    for kind, handler in handlers:
        hints = get_type_hints(handler)
        assert hints == {"request": kind, "return": answer_type(kind)}, kind


def test_every_message_that_is_a_request_can_be_sent() -> None:
    assert {kind for kind in MESSAGES if issubclass(kind, Request)} == set(REQUESTS)
