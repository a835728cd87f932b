"""What a target keeps in its modules: found again where it has changed, the module that matters before all others."""

from __future__ import annotations

import itertools
import sys
from types import ModuleType, SimpleNamespace

import pytest

from perfkit.worker.state import target_values
from perfkit.worker.state.target_values import TargetValues


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, ...]:
    """Three of one package, each with a list."""
    made = tuple(ModuleType(f"invented.{name}") for name in ("other", "mine", "another"))
    for module in made:
        vars(module)["kept"] = [1]
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return made


def test_what_has_changed_is_found_in_every_module(modules: tuple[ModuleType, ...]) -> None:
    values = TargetValues("invented.")
    for module in modules[1:]:
        module.kept.append(2)

    assert {*values.changed()} == {"invented.mine.kept", "invented.another.kept"}


def test_where_time_is_up_it_has_been_spent_on_the_module_asked_about(
    modules: tuple[ModuleType, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(0.0, 0.3)
    monkeypatch.setattr(target_values, "time", SimpleNamespace(thread_time=lambda: next(clock)))
    values = TargetValues("invented.", first="invented.mine")  # one value, and half a second has gone
    for module in modules:
        module.kept.append(2)

    assert {*values.changed()} == {"invented.mine.kept"}
