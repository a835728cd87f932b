"""Subnormals are flushed where it is asked for, in threads that are started meanwhile too, and nowhere else."""

from __future__ import annotations

import threading
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from typing import Any

import numpy as np
import pytest

from perfkit.machine import float_mode
from perfkit.machine.float_mode import can_flush, flushes, flushing, set_flushing, thread_count, watching_imports

pytestmark = pytest.mark.skipif(not can_flush(), reason="the float mode of this machine cannot be set")

TINY = np.full(64, 1e-40, np.float32)


def test_subnormal_operands_and_results_are_zero_within_the_block_alone() -> None:
    with flushing():
        inside = bool(np.any(TINY + TINY)), float(np.float32(2e-38)) * 0.5e-300 == 0, flushes()
    after = bool(np.any(TINY + TINY)), flushes()

    assert inside == (False, True, True)
    assert after == (True, False)


def test_a_block_that_flushes_nothing_leaves_the_mode() -> None:
    with flushing(False):
        assert not flushes()


def test_the_mode_comes_back_when_the_block_raises() -> None:
    with pytest.raises(ValueError, match="within"), flushing():
        raise ValueError("within")
    assert not flushes()


def test_a_thread_inherits_the_mode_that_it_is_started_in() -> None:
    def started() -> bool:
        found: list[bool] = []
        thread = threading.Thread(target=lambda: found.append(bool(np.any(TINY + TINY))))
        thread.start()
        thread.join()
        return found[0]

    with flushing():
        within = started()

    assert not within
    assert started()


def test_threads_are_counted() -> None:
    done = threading.Event()
    threads = [threading.Thread(target=done.wait) for _ in range(5)]
    for thread in threads:
        thread.start()
    try:
        assert thread_count() >= 1 + len(threads)  # others may be about to end
    finally:
        done.set()
        for thread in threads:
            thread.join()


def test_the_extension_that_switches_flushing_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(loader: ExtensionFileLoader, spec: Any) -> Any:
        set_flushing(spec.name == "fast")
        return None

    monkeypatch.setattr(ExtensionFileLoader, "create_module", planted)
    try:
        with watching_imports() as found:
            for name in ("plain", "fast"):
                ExtensionFileLoader(name, "nowhere.so").create_module(ModuleSpec(name, None))
    finally:
        set_flushing(False)

    assert found == ["fast"]
    assert ExtensionFileLoader.create_module is planted


def test_what_python_code_switches_on_is_seen_without_a_name() -> None:
    try:
        with watching_imports() as found:
            set_flushing(True)
    finally:
        set_flushing(False)

    assert found == [""]


def test_nothing_is_done_where_the_register_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(float_mode, "_library", lambda: None)

    with flushing():
        assert np.any(TINY + TINY)
    assert not can_flush()
    assert not flushes()
