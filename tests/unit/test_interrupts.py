"""Ctrl-C is taken where nothing can be lost by it."""

from __future__ import annotations

import os
import signal

import pytest

from perfkit.interrupt import deferred


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


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
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), deferred():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is before
