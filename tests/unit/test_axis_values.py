"""What a target is told of the values along its axes: numbers, by keyword, and only those that are set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import PerfkitError
from perfkit.sample_targets.glassbox.target import shared as glassbox
from perfkit.sources.catalog import CatalogSource
from perfkit.worker.guard import Rejected

pytestmark = pytest.mark.usefixtures("libraries_unwatched")

PLANTED = Path(__file__).parents[1] / "planted"


@pytest.fixture(scope="module")
def loaded() -> CatalogSource:
    return CatalogSource([PLANTED], "toy", seed=3, installed=False)


def told(loaded: CatalogSource, size: str) -> list[Any]:
    """What `shared` is called with when the workload is built at a size."""
    calls: list[Any] = []

    def shared(*given: Any, **axes: Any) -> Any:
        calls.append((given, axes))
        return real(*given, **axes)

    (workload,) = loaded.target.workloads
    real = workload.shared
    with pytest.MonkeyPatch.context() as patch:
        watched = replace(loaded.target, workloads=(replace(workload, shared=shared),))
        patch.setattr(loaded, "target", watched)
        loaded.macro("run", size, []).close()
    return calls


def test_a_plain_size_comes_with_the_seed_alone(loaded: CatalogSource) -> None:
    assert told(loaded, "tiny") == [(("tiny", 3), {})]


def test_a_value_that_is_set_comes_as_a_number(loaded: CatalogSource) -> None:
    assert told(loaded, "small[width=7]") == [(("small", 3), {"width": 7})]


def test_points_of_one_size_share_no_weights(loaded: CatalogSource) -> None:
    widths = [len(loaded.macro("run", size, []).shared) for size in ("small", "small[width=7]", "small[width=9]")]

    assert widths == [64, 7, 9]


def test_a_target_that_does_not_take_an_axis_is_said_to(loaded: CatalogSource) -> None:
    with pytest.raises((PerfkitError, Rejected), match="depth"):
        loaded.macro("run", "small[depth=7]", [])


def test_each_axis_of_glassbox_sets_one_thing() -> None:
    plain = glassbox("tiny", 0)

    assert glassbox("tiny", 0, layers=3).config == replace(plain.config, layers=3)
    assert glassbox("tiny", 0, batch=4).forward == (4, 16)
    assert glassbox("tiny", 0, rows=48).forward == (1, 48)
    assert glassbox("tiny", 0, rows=48).prefill == (3, 16)
    assert glassbox("tiny", 0, width=4 * plain.config.head_dim).config.heads == 4
