"""Running code that perfkit did not write."""

from __future__ import annotations

import pytest

from perfkit.schedule import BASELINE, CANDIDATE, CONTROL
from perfkit.worker.guard import blaming, user_code
from perfkit.worker.state import process_state


def test_every_role_goes_through_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    look, settle = process_state.snapshot, process_state.settle
    monkeypatch.setattr(process_state, "snapshot", lambda: done.append("snapshot") or look())
    monkeypatch.setattr(process_state, "settle", lambda *a, **k: done.append("settle") or settle(*a, **k))
    seen = []

    for role in (BASELINE, CONTROL, CANDIDATE):
        with blaming(role):
            user_code("a call", lambda: done.append("call"))
        seen.append(tuple(done))
        done.clear()

    assert seen == [("snapshot", "call", "snapshot", "settle")] * 3
