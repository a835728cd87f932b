"""Ctrl-C, SIGTERM and SIGHUP are taken where nothing can be lost by them."""

from __future__ import annotations

import os
import signal

import pytest

from perfkit.cli.interrupt import Stopped, deferred

CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


def press(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "code"), CODES)
def test_each_signal_has_its_exit_code_and_the_first_one_counts(number: int, code: int) -> None:
    with deferred() as interrupts:
        assert not interrupts.asked
        assert interrupts.code == 0
        press(number)
        assert interrupts.code == code
        with pytest.raises(Stopped) as stop:
            press(signal.SIGINT)
    assert stop.value.code == code


@pytest.mark.parametrize(("number", "code"), CODES)
def test_each_signal_strikes_where_it_is_allowed(number: int, code: int) -> None:
    with deferred() as interrupts:
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            press(number)
        assert interrupts.code == code


def test_a_hang_up_that_nohup_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with deferred() as interrupts, interrupts.allowed():
            press(signal.SIGHUP)
        assert not interrupts.asked
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_it_is_remembered_outside_and_raised_where_it_is_allowed() -> None:
    with deferred() as interrupts:
        press()
        assert interrupts.asked
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            raise AssertionError("nothing is begun any more")


def test_it_strikes_at_once_where_it_is_allowed_and_not_afterwards() -> None:
    with deferred() as interrupts:
        with pytest.raises(KeyboardInterrupt), interrupts.allowed():
            press()
        assert interrupts.asked


def test_a_second_one_is_taken_anywhere() -> None:
    with deferred():
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_the_handler_before_comes_back() -> None:
    before = [signal.getsignal(number) for number, _ in CODES]
    with pytest.raises(ZeroDivisionError), deferred():
        raise ZeroDivisionError
    assert [signal.getsignal(number) for number, _ in CODES] == before
