"""What counts as left running, and what does not."""

from __future__ import annotations

import threading

import pytest

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
