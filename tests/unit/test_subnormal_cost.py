"""What subnormals cost is measured with data that has them, beside data that has not, and told with an interval."""

from __future__ import annotations

import numpy as np
import pytest

from perfkit.machine import subnormal_cost
from perfkit.machine.subnormal_cost import OPERATIONS, _median, _pairs, penalties
from perfkit.worker.number_health import scan


@pytest.mark.parametrize("dtype", subnormal_cost.DTYPES)
def test_one_side_of_each_pair_has_subnormals_and_the_other_none(dtype: str) -> None:
    for pair in _pairs(np.dtype(dtype), np.random.default_rng(0)):
        found = {}
        for which, data in (("normal", pair.normal), ("subnormal", pair.subnormal)):
            out = np.zeros_like(data)
            with np.errstate(all="ignore"):
                pair.call(data, out)
            used = out[: subnormal_cost._WIDTH**2] if pair.operation == "matmul" else out
            found[which] = scan(data).subnormal, scan(used).subnormal / used.size
        assert found["normal"] == (0, 0.0), pair
        if pair.of == "inputs":
            assert found["subnormal"][0] == pair.subnormal.size, pair
            assert pair.operation == "tanh" or found["subnormal"][1] == 0, pair
        else:
            assert found["subnormal"][0] == 0, pair
            assert found["subnormal"][1] > 0.9, pair


def test_every_operation_is_told_with_an_interval_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10**12, 1000))
    monkeypatch.setattr(subnormal_cost.time, "perf_counter_ns", lambda: next(clock))
    monkeypatch.setattr(subnormal_cost, "_LEAST_NS", 1)
    found = list(penalties())

    assert {p.operation for p in found} == {*OPERATIONS}
    assert all(p.low == p.ratio == p.high == 1 for p in found)  # by a clock that goes the same for all


def test_the_interval_of_a_median_leaves_out_what_a_fair_coin_may() -> None:
    # of 15, three at each end: 2 * P(at most 3 of 15 heads) = 0.035
    assert _median([float(value) for value in range(15)]) == (7.0, 3.0, 11.0)
    assert _median([1.0, 2.0, 3.0]) == (2.0, 1.0, 3.0)
