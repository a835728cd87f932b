"""What counts as left running, and what does not."""

from __future__ import annotations

import sys
import threading

import pytest

from perfkit.worker.state import leftovers
from perfkit.worker.state.leftovers import running


class Monitor(threading.Thread):
    """A thread as tqdm starts it: a class of its own, whose module says whose it is."""

    def __init__(self, end: threading.Event) -> None:
        super().__init__(daemon=True)
        self._end = end

    def run(self) -> None:
        self._end.wait()


@pytest.mark.parametrize(("module", "counts"), [("tqdm._monitor", False), ("somebodys.recipe", True)])
def test_the_thread_that_looks_after_progress_bars_is_nobodys_leftover(
    monkeypatch: pytest.MonkeyPatch, module: str, counts: bool
) -> None:
    monkeypatch.setattr(Monitor, "__module__", module)
    end = threading.Event()
    thread = Monitor(end)
    thread.start()
    try:
        assert (thread in running().threads) is counts
    finally:
        end.set()
        thread.join()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere psutil looks")
def test_a_look_waits_for_no_thread_that_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    before, meanwhile = sys.getswitchinterval(), []
    monkeypatch.setattr(leftovers, "_below", lambda pid: meanwhile.append(sys.getswitchinterval()) or [])

    assert leftovers.processes() == []
    assert meanwhile == [pytest.approx(leftovers._SWITCH_S, rel=0.1)]
    assert meanwhile[0] < before == sys.getswitchinterval()
