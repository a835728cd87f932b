"""Whoever answers first is heard first; whoever is late is not waited for beyond its time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from perfkit.session.pending import Pending, Waiting, beside_each_other, first_done

Pipes = list[tuple[int, int]]


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    made = [os.pipe() for _ in range(2)]
    yield made
    for ends in made:
        for end in ends:
            os.close(end)


def pending(pipe: tuple[int, int], within_s: float = 60.0) -> Pending[object]:
    return Pending(object, pipe[0], time.monotonic() + within_s)


def test_the_one_that_has_answered(pipes: Pipes) -> None:
    waiting = [pending(pipe) for pipe in pipes]
    os.write(pipes[1][1], b"x")

    assert first_done(waiting) is waiting[1]


def test_what_is_there_already_needs_no_descriptor(pipes: Pipes) -> None:
    there = Pending(object)

    assert first_done([pending(pipes[0]), there]) is there


def test_the_one_whose_time_is_up(pipes: Pipes) -> None:
    waiting = [pending(pipes[0]), pending(pipes[1], within_s=-1.0)]

    assert first_done(waiting) is waiting[1]


def test_so_many_tasks_at_a_time_and_the_next_when_one_is_done(pipes: Pipes) -> None:
    log = list[str]()

    def task(name: str, *waits: Pending[object]) -> Waiting:
        log.append(f"{name} begins")
        for one in waits:
            yield [one]
        log.append(f"{name} ends")

    os.write(pipes[1][1], b"x")
    slow, quick = task("slow", pending(pipes[0], within_s=0.2)), task("quick", pending(pipes[1]))
    beside_each_other([slow, quick, task("nothing to wait for"), task("last", Pending(object))], at_once=2)

    began = ["slow begins", "quick begins", "quick ends", "nothing to wait for begins", "nothing to wait for ends"]
    assert log == [*began, "last begins", "last ends", "slow ends"]


def test_what_one_task_raises_ends_the_others(pipes: Pipes) -> None:
    ended = list[str]()

    def waits() -> Waiting:
        try:
            yield [pending(pipes[0])]
        finally:
            ended.append("waits")

    def fails() -> Waiting:
        yield [Pending(object)]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        beside_each_other([waits(), fails()], at_once=2)
    assert ended == ["waits"]
