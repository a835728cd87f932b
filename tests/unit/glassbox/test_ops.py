"""Each seam against its contract, and the tables that describe the seams."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfkit.sample_targets.glassbox import ops as seams
from perfkit.sample_targets.glassbox.model import Config, Engine, KVCache, make_weights
from perfkit.sample_targets.glassbox.ops import BASELINE, KINDS, REUSED, SUMMARIES, TREE, Ops, Pools, Simulated, tiles
from perfkit.sample_targets.glassbox.target import TARGET
from tests.unit.glassbox import reference

NAMES = {field.name for field in fields(Ops)}


def normal(*shape: int, dtype: Any = np.float32, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


@pytest.fixture
def pools() -> Iterator[Pools]:
    pools = Pools(2)
    yield pools
    pools.close()


def test_every_seam_is_described_and_is_the_function_of_its_name() -> None:
    assert set(KINDS) == set(SUMMARIES) == NAMES
    assert set(TREE) | {child for children in TREE.values() for child in children} <= NAMES
    assert set(REUSED) <= NAMES
    assert {name for name in NAMES if KINDS[name] != "call"} == {"buffer"}  # it only makes memory
    for name in NAMES:
        assert getattr(BASELINE, name) is getattr(seams, name)
        assert getattr(seams, name).__doc__


def test_the_tree_is_what_an_engine_really_calls() -> None:
    called: set[tuple[str, str]] = set()
    above: list[str] = ["model"]

    def watched(name: str) -> Any:
        def call(*args: Any) -> Any:
            called.add((above[-1], name))
            above.append(name)
            try:
                return getattr(BASELINE, name)(*args)
            finally:
                above.pop()

        return call

    def in_turn(pools: Pools, tasks: Any, operations: int) -> list[Any]:
        called.add((above[-1], "fan_out"))
        return [task() for task in tasks]  # on this thread, where `above` is right

    config = Config(width=32, heads=4, kv_heads=2, ff=48, vocab=50)
    table = Ops(**{name: watched(name) for name in NAMES} | {"fan_out": in_turn})
    engine = Engine(config, make_weights(config, 0), table)
    engine.forward([[1, 2, 3]])
    engine.close()
    assert {child for _, child in called} == NAMES
    links = {(parent, child) for parent, children in TREE.items() for child in children}
    assert {link for link in called if link[0] != "model"} == links


# M*K*N below, at and above 1e7; a single row, odd sizes, more columns than rows and the reverse.
SIZES = [
    (1, 512, 2048),
    (1, 1024, 9767),
    (3, 5, 7),
    (100, 100, 1000),
    (101, 100, 1000),
    (16, 512, 2048),
    (257, 129, 515),
    (2000, 96, 65),
]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("workers", [1, 2, 7])
def test_linear_is_the_product(size: tuple[int, int, int], dtype: Any, workers: int) -> None:
    m, k, n = size
    x, w = normal(m, k, dtype=dtype), normal(n, k, seed=1)
    pools = Pools(workers)
    try:
        y = BASELINE.linear(BASELINE, pools, x[None], w, "w")
        again = BASELINE.linear(BASELINE, pools, x[None].copy(), w.copy(), "w")
    finally:
        pools.close()
    assert y.shape == (1, m, n)
    assert y.dtype == dtype
    exact = x.astype(np.float64) @ w.astype(np.float64).T
    # k roundings, each relative to the partial sum: far below k * eps * sum(|x|*|w|)
    room = np.finfo(dtype).eps * np.sqrt(k) * (np.abs(x) @ np.abs(w).T).max()
    np.testing.assert_allclose(y[0], exact, rtol=0, atol=room)
    np.testing.assert_array_equal(y, again)


def test_linear_takes_its_memory_from_buffer(pools: Pools) -> None:
    asked: list[tuple[str, tuple[int, ...], Any]] = []

    def buffer(name: str, shape: tuple[int, ...], dtype: Any) -> Any:
        asked.append((name, shape, dtype))
        return np.full(shape, np.nan, dtype)

    ops = replace(BASELINE, buffer=buffer)
    for m in (2, 300):
        assert np.isfinite(ops.linear(ops, pools, normal(1, m, 256), normal(256, 256), "wq")).all()
    assert asked == [("wq", (2, 256), np.float32), ("wq", (300, 256), np.float32)]


@given(m=st.integers(1, 3000), k=st.integers(1, 5000), n=st.integers(1, 5000), workers=st.integers(1, 80))
def test_tiles_cover_every_element_once(m: int, k: int, n: int, workers: int) -> None:
    cut = tiles(m, k, n, workers)
    assert 1 <= len(cut) <= workers
    seen = np.zeros((m, n), np.int8)
    for rows, columns in cut:
        seen[rows, columns] += 1
        if len(cut) > 1:
            assert rows.stop - rows.start >= min(m, 64)
            assert columns.stop - columns.start >= min(n, 64)
    assert (seen == 1).all()


def test_tasks_that_wait_for_tiles_do_not_deadlock_with_one_worker() -> None:
    names = ("wq", "wk", "wv", "w1", "w2")
    weights = {f"p.{name}": normal(256, 256, seed=i) for i, name in enumerate(names)}
    x, pools = normal(1, 300, 256), Pools(1)
    results: list[Any] = []

    def work() -> None:
        results.extend(BASELINE.qkv(BASELINE, pools, x, weights, "p"))
        results.extend(BASELINE.gate_up(BASELINE, pools, x, weights, "p"))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout=30)
    for pool in (pools.tiles, pools.tasks):
        pool.shutdown(wait=False, cancel_futures=True)  # ends a deadlock, or pytest could not exit
    assert len(results) == 5
    for name, result in zip(names, results, strict=True):
        np.testing.assert_allclose(result, x @ weights[f"p.{name}"].T, rtol=0, atol=1e-3)


def test_projections_say_how_many_multiply_adds_they_are(pools: Pools) -> None:
    asked: list[int] = []

    def fan_out(pools: Pools, tasks: Any, operations: int) -> list[Any]:
        asked.append(operations)
        return [task() for task in tasks]

    ops, x = replace(BASELINE, fan_out=fan_out), normal(2, 3, 8)
    rows = {"wq": 8, "wk": 4, "wv": 4, "w1": 20, "w2": 20}
    weights = {f"p.{name}": normal(n, 8) for name, n in rows.items()}
    ops.qkv(ops, pools, x, weights, "p")
    ops.gate_up(ops, pools, x, weights, "p")
    assert asked == [2 * 3 * 8 * 16, 2 * 3 * 8 * 40]


def test_fan_out_keeps_the_order_and_raises_what_a_task_raises(pools: Pools) -> None:
    assert BASELINE.fan_out(pools, [partial(abs, -i) for i in range(9)], 0) == list(range(9))
    with pytest.raises(ZeroDivisionError):
        BASELINE.fan_out(pools, [lambda: 1, lambda: 1 // 0], 0)


def simulated(floats: Any, bits: int = 8) -> dict[str, Any]:
    return {"w": Simulated(np.asarray(floats, np.float32), bits)}


def test_get_w_quantises_dequantises_and_sees_a_replaced_weight() -> None:
    weights: dict[str, Any] = simulated([[-127, 126.6], [0.4, 3]]) | {"norm": normal(4)}
    w = BASELINE.get_w(BASELINE, weights, "w")
    assert w.dtype == np.float32
    np.testing.assert_array_equal(w, [[-127, 127], [0, 3]])
    assert BASELINE.get_w(BASELINE, weights, "norm") is weights["norm"]
    weights |= simulated([[-254, 2]])
    np.testing.assert_array_equal(BASELINE.get_w(BASELINE, weights, "w"), [[-254, 2]])


def test_get_w_takes_numbers_and_scale_from_quantize() -> None:
    ops = replace(BASELINE, quantize=lambda weights, name: (np.array([[3, -2]], np.int8), np.float32(0.5)))
    np.testing.assert_array_equal(ops.get_w(ops, simulated([[9, 9]]), "w"), [[1.5, -1]])


@pytest.mark.parametrize(("bits", "most"), [(8, 127), (4, 7)])
@pytest.mark.parametrize("size", [1e-30, 0.02, 1.0, 1e30])
def test_quantisation_is_half_a_step_off_at_most(bits: int, most: int, size: float) -> None:
    w = (np.random.default_rng(bits).standard_normal((31, 17)) * size).astype(np.float32)
    for array in (w, -w, np.abs(w), -np.abs(w)):
        numbers, scale = BASELINE.quantize(simulated(array, bits), "w")
        assert numbers.dtype == np.int8
        assert scale.dtype == np.float32
        assert np.abs(numbers.astype(int)).max() == most  # the range is used
        off = np.abs(numbers.astype(float) * float(scale) - array).max()
        assert off <= 0.5 * scale * (1 + 1e-4)  # a quotient in float32 is off by up to 127 * 2**-24


@pytest.mark.parametrize("bits", [8, 4])
@pytest.mark.parametrize("size", [0.0, 1e-44])
def test_a_tensor_of_zeros_or_next_to_nothing_becomes_zeros(bits: int, size: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        numbers, scale = BASELINE.quantize(simulated(np.full((3, 2), size), bits), "w")
    assert not numbers.any()
    assert np.isfinite(scale)


EXTREMES = [0.0, -0.0, 1.0, -1.0, 87.0, -87.0, 89.0, -89.0, 104.0, -104.0, 1e4, -1e4]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_equals_the_formula_and_keeps_the_dtype(dtype: Any) -> None:
    x = np.concatenate([np.array(EXTREMES), np.linspace(-30, 30, 1001)]).astype(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = BASELINE.sigmoid(x)
    expected = np.array([reference.sigmoid(float(value)) for value in x])
    smallest = float(np.finfo(dtype).tiny)  # below it, precision is lost gradually
    np.testing.assert_allclose(y, expected, rtol=4 * np.finfo(dtype).eps, atol=smallest)
    assert y.dtype == dtype
    assert y is not x
    assert BASELINE.sigmoid(x.reshape(1, 1013)[:, :12]).shape == (1, 12)


def test_gate_is_a_b_sigmoid_b() -> None:
    a, b = normal(2, 3, 5), normal(2, 3, 5, seed=1)
    expected = [p * q * reference.sigmoid(q) for p, q in zip(a.flat, b.flat, strict=True)]
    y = BASELINE.gate(BASELINE, a.copy(), b.copy())
    np.testing.assert_allclose(y.ravel(), expected, rtol=1e-6)
    assert y.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e20])
def test_rms_norm_sums_in_float64_and_keeps_the_dtype(dtype: Any, scale: float) -> None:
    x, weight = (normal(2, 3, 64) * scale).astype(dtype), 1 + normal(64, seed=1)
    y = BASELINE.rms_norm(x, weight, 1e-6)  # 1e20 squared does not fit float32
    wide = x.astype(np.float64)
    expected = wide / np.sqrt((wide**2).mean(-1, keepdims=True) + 1e-6) * weight
    np.testing.assert_allclose(y, expected, rtol=4 * np.finfo(dtype).eps)
    assert y.dtype == dtype


def test_rope_table_is_float32_rounded_from_float64_and_rows_do_not_depend_on_those_beside() -> None:
    cos, sin = BASELINE.rope_table(0, 2048, 64, 10000.0)
    assert cos.shape == sin.shape == (2048, 32)
    assert cos.dtype == sin.dtype == np.float32
    for position, i in ((0, 0), (1, 31), (2047, 0), (2047, 17)):
        angle = position * 10000.0 ** (-2 * i / 64)
        assert cos[position, i] == pytest.approx(np.cos(angle), abs=1e-7)
        assert sin[position, i] == pytest.approx(np.sin(angle), abs=1e-7)
    for start, end in ((0, 100), (0, 1), (7, 8), (1001, 1018)):
        for short, long in zip(BASELINE.rope_table(start, end - start, 64, 10000.0), (cos, sin), strict=True):
            np.testing.assert_array_equal(short, long[start:end])


def test_attend_sees_no_later_position_and_has_the_dtype_of_the_scaled_scores() -> None:
    q, k, v = normal(2, 4, 3, 8), normal(2, 2, 7, 8, seed=1), normal(2, 2, 7, 8, seed=2)
    y = BASELINE.attend(BASELINE, q, k, v, 4)
    assert y.shape == (2, 4, 3, 8)
    assert y.dtype == np.float64
    k[:, :, 6], v[:, :, 6] = 1e3, -1e3
    later = BASELINE.attend(BASELINE, q, k, v, 4)
    np.testing.assert_array_equal(later[:, :, :2], y[:, :, :2])
    assert not np.allclose(later[:, :, 2], y[:, :, 2])
    narrow = replace(BASELINE, score_scale=lambda head_dim: float(np.sqrt(head_dim)))
    assert narrow.attend(narrow, q, k, v, 4).dtype == np.float32


def test_extend_kv_appends_copies_and_leaves_older_results_alone() -> None:
    config = Config(width=8, layers=2, heads=2, kv_heads=1)
    cache = KVCache.empty(config, 3)
    k, v = normal(3, 1, 2, 4), normal(3, 1, 2, 4, seed=1)
    first = BASELINE.extend_kv(cache, 1, k, v)
    kept = [array.copy() for array in first]
    k[:], v[:] = 0, 0
    second = BASELINE.extend_kv(cache, 1, k, v)
    assert cache.keys[1] is second[0]
    assert cache.values[1] is second[1]
    assert cache.keys[0].shape == (3, 1, 0, 4)
    assert second[0].shape == (3, 1, 4, 4)
    for old, new, expected in zip(first, second, kept, strict=True):
        np.testing.assert_array_equal(old, expected)
        np.testing.assert_array_equal(new[:, :, :2], expected)
        assert not new[:, :, 2:].any()


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 8, 11])
def test_int8_products_keep_the_dtype_and_the_sum(rows: int) -> None:
    multiply = pytest.importorskip("perfkit.recipes.glassbox.int8_gemv").multiply
    rng = np.random.default_rng(rows)
    numbers, scale = BASELINE.quantize(simulated(rng.standard_normal((37, 65))), "w")
    for dtype in (np.float32, np.float64):
        x = rng.standard_normal((1, rows, 65)).astype(dtype)
        result = multiply(x, numbers, scale)
        assert result.dtype == dtype
        assert result.shape == (1, rows, 37)
        exact = x.astype(np.float64) @ (numbers * np.float64(scale)).T
        np.testing.assert_allclose(result, exact, rtol=0, atol=1e-4 if dtype == np.float32 else 1e-6)


@pytest.mark.parametrize(("said", "workers"), [(None, os.cpu_count()), ("3", 3)])
def test_the_engines_pools_have_as_many_threads_as_the_user_says(
    monkeypatch: pytest.MonkeyPatch, said: str | None, workers: int
) -> None:
    monkeypatch.delenv("PERFKIT_THREADS", raising=False)
    if said is not None:
        monkeypatch.setenv("PERFKIT_THREADS", said)
    workload = TARGET.workload("prefill")
    engine = workload.build(BASELINE, workload.shared("tiny", 0))
    try:
        assert engine.pools.workers == workers
    finally:
        engine.close()
