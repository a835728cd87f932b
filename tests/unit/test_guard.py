"""Running code that perfkit did not write."""

from __future__ import annotations

import pytest

from perfkit.engine import surroundings
from perfkit.engine.guard import blaming, user_code
from perfkit.plan import BASELINE, CANDIDATE, CONTROL


def test_every_role_goes_through_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    look, settle = surroundings.look, surroundings.settle
    monkeypatch.setattr(surroundings, "look", lambda: done.append("look") or look())
    monkeypatch.setattr(surroundings, "settle", lambda *a, **k: done.append("settle") or settle(*a, **k))
    seen = []

    for role in (BASELINE, CONTROL, CANDIDATE):
        with blaming(role):
            user_code("a call", lambda: done.append("call"))
        seen.append(tuple(done))
        done.clear()

    assert seen == [("look", "call", "look", "settle")] * 3
