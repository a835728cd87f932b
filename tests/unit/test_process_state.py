"""What a process shares: every change is seen, named, and undone."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from perfkit.worker.state import leftovers, process_state


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = process_state.snapshot()
    yield
    process_state.restore(before)


def change_folder() -> None:
    os.chdir("/")


def install_handler() -> None:
    signal.signal(signal.SIGUSR1, lambda *_: None)


def ignore_signal() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def silence_numpy() -> None:
    np.seterr(divide="raise")


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (change_folder, "the current folder ("),
        (install_handler, "the handler of a signal (SIGUSR1)"),
        (ignore_signal, "the handler of a signal (SIGTERM)"),
        (silence_numpy, "numpy's handling of floating-point errors ("),
        (gc.disable, "the garbage collector (True before, False after)"),
    ],
)
def test_a_change_is_named_and_undone(deed: Callable[[], None], words: str, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    before = process_state.snapshot()
    assert process_state.change(before, process_state.snapshot()) == ""

    deed()
    assert process_state.change(before, process_state.snapshot()).startswith(words)

    process_state.restore(before)
    assert process_state.change(before, process_state.snapshot()) == ""


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("set_flush_denormal(True)", "the handling of subnormal numbers (kept before, flushed to zero after)"),
        ("set_num_threads(3)", "torch's number of threads ("),
        ("set_default_dtype(torch.float64)", "torch's default dtype (torch.float32 before, torch.float64 after)"),
        ("set_grad_enabled(False)", "torch's gradient mode (True before, False after)"),
        ("set_float32_matmul_precision('medium')", "torch's precision of float32 products (highest before, medium"),
    ],
)
def test_what_torch_shares_is_watched_once_torch_is_there(deed: str, words: str) -> None:
    import torch

    before = process_state.snapshot()
    name, _, argument = deed.rstrip(")").partition("(")
    given = {"True": True, "False": False, "3": 3, "torch.float64": torch.float64, "'medium'": "medium"}[argument]
    getattr(torch, name)(given)

    assert process_state.change(before, process_state.snapshot()).startswith(words)
    process_state.restore(before)
    assert process_state.change(before, process_state.snapshot()) == ""


def test_what_was_not_there_before_has_not_changed() -> None:
    before = process_state.snapshot()
    without = {name: value for name, value in before.items() if "torch" not in name}

    assert process_state.change(without, before) == ""


def test_a_folder_that_has_gone_is_no_error(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    os.chdir(here)
    here.rmdir()

    assert process_state.snapshot()["the current folder"] is None


def test_what_a_compiler_keeps_in_the_environment_for_itself_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    before = process_state.snapshot()
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", "/elsewhere")
    assert process_state.change(before, process_state.snapshot()) == ""

    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    words = process_state.change(before, process_state.snapshot())
    assert "OMP_NUM_THREADS" in words
    assert "INDUCTOR" not in words


def test_a_thread_that_waits_is_idle_and_one_that_spins_is_not() -> None:
    over = threading.Event()
    waiting = threading.Thread(target=over.wait)
    waiting.start()
    assert not leftovers.busy_after(patience_s=5.0)

    spinning = threading.Thread(target=lambda: [None for _ in iter(over.is_set, True)])
    spinning.start()
    assert leftovers.busy_after(patience_s=0.2)
    over.set()
    waiting.join()
    spinning.join()
