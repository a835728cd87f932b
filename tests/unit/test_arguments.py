"""Arguments described from one real call and drawn anew: the same kind, never the same values."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.errors import PerfkitError
from perfkit.worker.inputs.arguments import ArgumentSpec, Fixed, OpsSlot, RandomArray, Recorded, signature


@dataclass(frozen=True)
class Ops:
    gate: object = None


class Pool:
    pass


def describe(*args: Any, opaque: tuple[type, ...] = ()) -> ArgumentSpec:
    return ArgumentSpec.of(args, Ops, opaque)


def drawn(array: np.ndarray) -> RandomArray:
    part = describe(array).parts[0]
    assert isinstance(part, RandomArray)
    return part


def draw(array: np.ndarray, *seeds: int) -> list[np.ndarray]:
    part = drawn(array)
    bank = part.bank(np.random.default_rng(99))
    return [part.take(bank, np.random.default_rng(seed)) for seed in seeds]


def real(dtype: str, shape: tuple[int, ...] = (4, 6, 5)) -> np.ndarray:
    rng = np.random.default_rng(0)
    if dtype == "?":
        return rng.random(shape) < 0.3
    if dtype[0] in "iu":
        return rng.integers(3, 100, shape).astype(dtype)
    values = rng.normal(2.0, 0.5, shape)
    return (values + 1j * rng.normal(0.0, 0.5, shape)).astype(dtype) if dtype[0] == "c" else values.astype(dtype)


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "c8", "i1", "u2", "i8", "?"])
@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_drawn_array_keeps_shape_dtype_and_memory_order(dtype: str, axes: tuple[int, ...]) -> None:
    original = np.ascontiguousarray(real(dtype)).transpose(axes)
    (fresh,) = draw(original, 1)

    assert (fresh.shape, fresh.dtype, fresh.strides) == (original.shape, original.dtype, original.strides)
    assert fresh.flags.writeable
    assert not np.array_equal(fresh, original)
    assert drawn(original).nbytes == original.nbytes == fresh.nbytes


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i1", "u2", "i8", "?"])
def test_a_drawn_array_stays_in_the_range_and_near_the_mean(dtype: str) -> None:
    original = real(dtype)
    (fresh,) = draw(original, 1)

    assert original.min() <= fresh.min()
    assert fresh.max() <= original.max()
    spread = float(original.astype(float).std())
    assert float(fresh.astype(float).mean()) == pytest.approx(float(original.astype(float).mean()), abs=spread / 2)
    assert float(fresh.astype(float).std()) == pytest.approx(spread, rel=0.5)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i8", "u8"])
def test_integers_at_the_limits_of_their_dtype_are_drawn_within_them(dtype: str) -> None:
    limits = np.iinfo(dtype)
    (fresh,) = draw(np.array([limits.max, limits.max - 1] * 8, dtype), 1)

    assert set(fresh.tolist()) <= {limits.max, limits.max - 1}
    assert draw(np.array([limits.min, limits.max] * 8, dtype), 1)[0].dtype == dtype


@given(seed=st.integers(0, 2**62), shape=st.lists(st.integers(0, 4), max_size=3))
@settings(deadline=None, max_examples=25)
def test_equal_streams_give_equal_bytes_and_arrays_of_their_own(seed: int, shape: list[int]) -> None:
    one, again = draw(np.ones(shape), seed, seed)

    assert one.tobytes() == again.tobytes()
    assert one.shape == tuple(shape)
    assert not np.shares_memory(one, again)


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16", "u8"])
def test_no_two_of_many_draws_are_equal(dtype: str) -> None:
    # a candidate that remembers results by content must never meet an input again
    part = drawn(np.random.default_rng(0).integers(0, 2**32, 16).astype(dtype))
    bank = part.bank(np.random.default_rng(1))
    draws = {part.take(bank, np.random.default_rng(seed)).tobytes() for seed in range(2500)}

    assert len(draws) == 2500


def test_an_array_of_one_number_and_an_empty_one_are_drawn_too() -> None:
    assert draw(np.array(3.0), 1)[0].shape == ()
    assert draw(np.ones((0, 3), np.float32), 1)[0].shape == (0, 3)


def test_infinities_do_not_spoil_what_is_drawn() -> None:
    (fresh,) = draw(np.array([1.0, -np.inf, 2.0, np.nan, np.inf]), 1)

    assert np.isfinite(fresh).all()
    assert fresh.min() >= 1
    assert fresh.max() <= 2


def test_read_only_arrays_and_plain_values_are_passed_as_they_are() -> None:
    weights = np.ones(3)
    weights.flags.writeable = False
    by_name = {"w": weights}
    values = (weights, by_name, None, 3, 0.5, "text", np.float32(1), np.dtype("f4"), float, (1, "a"))
    found = describe(*values)

    assert found.obstacle == ""
    assert not found.draws
    assert found.nbytes == 0
    assert all(isinstance(p, Fixed) and p.value is v for p, v in zip(found.parts, values, strict=True))


def test_the_table_of_seams_is_a_slot_for_the_roles_own() -> None:
    found = describe(Ops(), np.ones(2))

    assert found.parts[0] == OpsSlot()
    assert isinstance(found.parts[1], RandomArray)
    assert found.draws
    assert found.nbytes == 16
    assert found.describe() == "float64 (2,)"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([1, 2], "list"),
        (Pool(), "Pool"),
        ({"a": np.ones(1)}, "dict"),
        ((np.ones(1),), "tuple"),
        ({1, 2}, "set"),
        (np.array([None]), "1-d object"),
        (np.ma.masked_less(np.arange(3.0), 1), "1-d float64"),
        (MappingProxyType({}), "mappingproxy"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_argument_that_cannot_be_drawn_is_to_be_recorded(value: Any, kind: str) -> None:
    found = describe(1, value)

    assert found.parts == (Fixed(1), Recorded(kind))
    assert found.draws
    assert found.recorded
    assert found.describe() == f"recorded: {kind}"


def test_an_opaque_object_is_handed_over() -> None:
    pool = Pool()

    assert describe(pool, opaque=(Pool,)).parts[0].value is pool


def test_calls_of_the_same_kind_have_the_same_signature() -> None:
    ones, zeros = np.ones((2, 3)), np.zeros((2, 3))
    fixed = np.ones((2, 3))
    fixed.flags.writeable = False

    assert signature((ones, 1, "a", None)) == signature((zeros, 1, "a", None))
    different = [
        (ones, 1),
        (ones.T, 1),
        (ones.astype("f4"), 1),
        (fixed, 1),
        (ones, 2),
        (ones, "1"),
        (ones, True),
        (ones,),
    ]
    assert len({signature(args) for args in different}) == len(different)


def test_a_tensor_is_drawn_like_an_array_and_lies_over_its_memory() -> None:
    torch = pytest.importorskip("torch")
    part = describe(torch.tensor([[0.25, 0.5, 0.75]])).parts[0]
    assert isinstance(part, RandomArray)
    assert part.tensor
    assert (part.shape, part.dtype) == ((1, 3), np.float32)

    array = part.take(part.bank(np.random.default_rng(0)), np.random.default_rng(1))
    given = part.given(array)
    assert isinstance(given, torch.Tensor)
    assert 0.25 <= array.min() <= array.max() <= 0.75
    given[0, 0] = 9.0
    assert array[0, 0] == 9.0  # so that a seam that writes to its argument is found
    assert signature((torch.zeros(2, 3),)) == ("tensor float32(2, 3)",) != signature((torch.zeros(3, 2),))


def test_a_tensor_that_gradients_are_asked_for_is_not_drawn() -> None:
    torch = pytest.importorskip("torch")

    for tensor in (torch.zeros(2, requires_grad=True), torch.zeros(2).to_sparse()):
        assert describe(tensor).parts == (Recorded("1-d torch.float32"),)


def test_what_is_only_read_is_passed_as_it_was() -> None:
    mask, other = np.zeros(3), np.zeros(3)

    found = ArgumentSpec.of((mask, other), Ops, (), [mask])
    assert found.parts[0] == Fixed(mask)
    assert isinstance(found.parts[1], RandomArray)


def test_whether_gradients_were_asked_for_is_remembered() -> None:
    torch = pytest.importorskip("torch")

    assert describe(1).gradients
    with torch.no_grad():
        assert not describe(1).gradients


@pytest.mark.parametrize("name", ["float16", "float64", "bfloat16"])
def test_another_dtype_reaches_tensors_and_the_weights_of_their_module(name: str) -> None:
    torch = pytest.importorskip("torch")
    layer, x, weight = torch.nn.Linear(4, 3), torch.ones(2, 4), np.ones(3, np.float32)
    weight.flags.writeable = False
    spec = describe(layer, x, torch.arange(3), opaque=(torch.nn.Module,)).as_dtype(name)
    module, drawn, whole = spec.parts
    bank = drawn.bank(np.random.default_rng(0))

    assert drawn.given(drawn.take(bank, np.random.default_rng(1))).dtype == getattr(torch, name)
    assert module.value.weight.dtype == getattr(torch, name)
    assert layer.weight.dtype == torch.float32  # the workload's own
    assert whole.dtype == np.int64
    assert f"{name} (2, 4)" in spec.describe()
    if hasattr(np, name):
        (cast,) = describe(weight).as_dtype(name).parts
        assert (cast.value.dtype, cast.value.flags.writeable) == (np.dtype(name), False)


def test_what_cannot_have_another_dtype_is_refused() -> None:
    with pytest.raises(PerfkitError, match="numpy has no bfloat16"):
        describe(np.ones(3, np.float32)).as_dtype("bfloat16")
    with pytest.raises(PerfkitError, match="dtype of the program"):
        describe([1.0]).as_dtype("float64")
