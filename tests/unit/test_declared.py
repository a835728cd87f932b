"""Throughput, tradeoffs and cost of a workload: numbers, or one line that names the field."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from perfkit.errors import CatalogError
from perfkit.target import Cost, Workload
from perfkit.worker.declared import cost_of, seam_cost, throughput_of, tradeoffs_of

NAN = float("nan")


def workload(**declared: Any) -> Workload:
    return Workload(id="steps", summary="", data=lambda shared, rng: None, call=lambda i: i, **declared)


@pytest.mark.parametrize("number", [256, 256.0, np.int64(256), np.float32(256)])
def test_numbers_of_python_and_of_numpy_become_floats(number: Any) -> None:
    described = workload(
        throughput=("bytes", lambda shared: number),
        tradeoffs=lambda data, seen: {"compression": (number, number)},
        cost=lambda shared: Cost(operations=number, read=number),
    )

    assert throughput_of(described, None) == ("bytes", 256.0)
    assert tradeoffs_of(described, None, None) == {"compression": (256.0, 256.0)}
    assert cost_of(described, None) == Cost(operations=256.0, read=256.0)
    found = [throughput_of(described, None)[1], *tradeoffs_of(described, None, None)["compression"]]  # type: ignore[index]
    assert {type(n) for n in found} == {float}


def test_what_is_not_declared_is_not_there() -> None:
    described = workload()

    assert throughput_of(described, None) is None
    assert tradeoffs_of(described, None, None) == {}
    assert cost_of(described, None) is None


@pytest.mark.parametrize("wrong", [NAN, float("inf"), -1, 0, "256", None, True, [1], 10**400])
def test_a_throughput_that_is_no_number_are_refused_by_name(wrong: Any) -> None:
    with pytest.raises(CatalogError, match=r"^throughput of the workload steps gave ") as refused:
        throughput_of(workload(throughput=("bytes", lambda shared: wrong)), None)
    assert "finite number above 0" in refused.value.hint


@pytest.mark.parametrize("wrong", ["bytes", ("bytes",), ("bytes", 256), (1, lambda shared: 1), 7])
def test_a_throughput_of_another_form_is_refused_by_name(wrong: Any) -> None:
    with pytest.raises(CatalogError, match=r"^throughput of the workload steps is "):
        throughput_of(workload(throughput=wrong), None)


@pytest.mark.parametrize("wrong", [{"c": (NAN, 1)}, {"c": (1, "2")}, {"c": (-1, 1)}, {"c": 3}, {1: (1, 1)}, "c", None])
def test_tradeoffs_that_are_no_numbers_are_refused_by_name(wrong: Any) -> None:
    with pytest.raises(CatalogError, match=r"^tradeoffs.* of the workload steps gave "):
        tradeoffs_of(workload(tradeoffs=lambda data, seen: wrong), None, None)


@pytest.mark.parametrize("wrong", [Cost(operations=NAN, read=1), Cost(operations=1, read="2"), 7, None])  # type: ignore[arg-type]
def test_a_cost_that_is_none_is_refused_by_name(wrong: Any) -> None:
    with pytest.raises(CatalogError, match=r"^cost.* of the workload steps gave "):
        cost_of(workload(cost=lambda shared: wrong), None)


def test_what_a_seam_does_at_least_is_a_function_of_its_arguments() -> None:
    costs = {"mix": lambda x, y: Cost(operations=np.int64(2 * len(x)), read=len(y)), "unknown": lambda *args: None}

    assert seam_cost("mix", costs, ([1, 2], [3])) == Cost(operations=4.0, read=1.0)
    assert seam_cost("unknown", costs, ()) is None
    assert seam_cost("another", costs, ()) is None


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ([], "costs is"),
        ({"mix": lambda: 3.0}, "costs of the seam mix gave"),
        ({"mix": lambda: Cost(operations=-1, read=0)}, "costs of the seam mix gave"),
        ({"mix": lambda: Cost(operations=NAN, read=0)}, "costs of the seam mix gave"),
    ],
)
def test_a_cost_of_a_seam_that_says_nothing_is_refused(costs: Any, said: str) -> None:
    with pytest.raises(CatalogError, match=said):
        seam_cost("mix", costs, ())
