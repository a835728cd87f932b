"""Tensors on a device are looked at where they lie: as those in the host's memory are, and without fetching them.

There is no device here: tensors of the processor are taken for such, and whoever fetches all of one is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

from perfkit.equivalence import Equivalence, close, exact
from perfkit.errors import PerfkitError
from perfkit.sources import callables
from perfkit.tree import bytes_of, first_difference, mutants, on_device, overlapping, overwrite, tensors
from perfkit.tree.walk import copy
from perfkit.worker.device import open_device
from perfkit.worker.device.waiting import check_waited_for
from perfkit.worker.number_health import scan
from perfkit.worker.state import random_state
from perfkit.worker.subject import input_bytes
from tests.device.fake import FakeDevice

DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.complex64, torch.int32, torch.bool)
RULES = (
    exact(),
    close(rtol=1e-3, why="x"),
    close(atol=1e-3, why="x"),
    close(ulp=4, why="x"),
    close(atol=50.0, why="x"),
)


class Fetched(AssertionError):
    """A whole tensor was copied into the host's memory."""


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    def switch(on: bool) -> None:
        monkeypatch.setattr(on_device, "is_there", lambda tensor: on)

    return switch


@pytest.fixture
def unfetched(far: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(tensor: Any) -> Any:
        raise Fetched

    far(True)
    monkeypatch.setattr(tensors, "_to_numpy", fetched)


def numbers(dtype: Any, shape: tuple[int, ...] = (6, 5)) -> Any:
    generator = torch.Generator().manual_seed(7)
    drawn = torch.randn(shape, generator=generator, dtype=torch.complex64 if dtype.is_complex else torch.float32)
    return drawn > 0 if dtype == torch.bool else (3 * drawn).to(dtype)


def others(value: Any) -> Iterator[Any]:
    """What differs from a tensor by nothing, by little, by much and in kind."""
    yield value.clone()
    yield value.clone().t().contiguous().t()
    if value.dtype.is_floating_point or value.dtype.is_complex:
        yield value * (1 + 1e-5)
        yield value * 1.1
        yield torch.zeros_like(value)
        for number in (float("nan"), float("inf"), -0.0):
            spoilt = value.clone()
            spoilt[2, 3] = number
            yield spoilt
        if not value.dtype.is_complex:
            yield torch.nextafter(value.float(), torch.tensor(100.0)).to(value.dtype)
    else:
        yield ~value if value.dtype == torch.bool else value + 1


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_it_decides_as_it_does_in_the_hosts_memory(dtype: Any, rule: Equivalence, far: Callable[[bool], None]) -> None:
    value = numbers(dtype)
    spoilt = value.clone()
    spoilt[0, 0] = float("nan") if dtype.is_floating_point else 1
    for made in (value, spoilt):
        for other in others(made):
            far(False)
            here = first_difference(made, other, rule)
            far(True)
            assert first_difference(made, other, rule) == here


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_what_is_equal_is_not_fetched(dtype: Any, unfetched: None) -> None:
    value = numbers(dtype)

    assert first_difference({"a": [value]}, {"a": [value.clone()]}, exact()) is None
    assert first_difference(copy(value), value, close(rtol=1e-6, why="x")) is None
    with pytest.raises(Fetched):
        first_difference(value, torch.zeros_like(value), exact())  # to say where


def test_values_within_a_tolerance_are_not_fetched(unfetched: None) -> None:
    value = numbers(torch.float32)

    assert first_difference(value, value * (1 + 1e-7), close(rtol=1e-5, why="x")) is None
    assert first_difference(value, torch.nextafter(value, 2 * value), close(ulp=1, why="x")) is None


def test_zeros_do_not_pass_under_an_absolute_tolerance(far: Callable[[bool], None]) -> None:
    far(True)
    found = first_difference(numbers(torch.float32), numbers(torch.float32), close(atol=50.0, why="x"))

    assert found is not None
    assert "zeros would pass" in found.why


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_numbers_are_counted_where_they_lie(dtype: Any, far: Callable[[bool], None], request: Any) -> None:
    value = numbers(dtype)
    if dtype.is_floating_point or dtype.is_complex:
        tiny = torch.finfo(dtype).smallest_normal
        for at, number in enumerate((0.0, -0.0, tiny, tiny / 2, -tiny / 2, float("inf"), float("nan"))):
            value[0, at % 5] = number
            far(False)
            here = scan([value, 1e-310])
            far(True)
            assert scan([value, 1e-310]) == here
    request.getfixturevalue("unfetched")
    assert scan(value).floats == (value.numel() * (1 + dtype.is_complex) if dtype not in DTYPES[5:] else 0)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("rule", RULES[:4], ids=str)
def test_every_mutant_that_is_made_there_is_refused(dtype: Any, rule: Equivalence, far: Callable[[bool], None]) -> None:
    far(True)
    value = numbers(dtype)
    made = list(mutants(value, value + 1 if dtype != torch.bool else ~value, rule, 1))
    names = [name for name, _ in made]

    assert any("one element off" in name for name in names)
    assert any("two rows swapped" in name for name in names)
    assert any("last row stale" in name for name in names)
    for name, mutant in made:
        assert first_difference(value, mutant, rule) is not None, name


def test_neither_mutants_nor_sizes_nor_overwriting_fetch(unfetched: None) -> None:
    value = numbers(torch.float32)

    assert len(list(on_device.wrong(value, None, exact(), np.random.default_rng(0)))) == 3
    assert bytes_of({"a": value, "b": [value]}) == input_bytes([value]) == value.nbytes
    assert overlapping([value, value[:1].expand(3, 5)]) == [False, True]
    kept = value.clone()
    assert overwrite([value]) == ()
    assert not torch.equal(value, kept)


@pytest.mark.parametrize("rule", [exact(), close(rtol=1e-3, why="x")], ids=str)
def test_a_lazy_subclass_is_no_tensor(rule: Equivalence) -> None:
    class Lazy(torch.Tensor):
        """Would compute when it is read."""

    value = numbers(torch.float32)
    found = first_difference(value, value.as_subclass(Lazy), rule)

    assert found is not None
    assert "type" in found.why


def test_what_lies_on_a_device_is_timed_by_a_clock_that_waits(
    far: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    value = numbers(torch.float32)
    check_waited_for([value])
    far(True)
    check_waited_for([value])  # of a process in which nobody has used a device
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)

    with pytest.raises(PerfkitError, match=r"output\[0\] lies on cpu, and calls are timed by the host's clock"):
        check_waited_for([value])
    far(False)
    check_waited_for([np.ones(3), value])


def test_functions_whose_inputs_lie_on_a_device_are_timed_by_its_clock(
    far: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    device = FakeDevice()
    monkeypatch.setattr(open_device, "_OPENED", {"cuda": device})
    made = {"call": lambda rng: ((numbers(torch.float32),), {})}
    assert callables._timer_of(made).device is None

    far(True)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    assert callables._timer_of(made).device is device


def test_the_generator_of_a_gpu_is_set_watched_and_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    of_gpu = torch.Generator()
    monkeypatch.setattr(random_state, "_cuda", lambda: of_gpu)
    random_state.set_generators("key")
    first = torch.rand(3, generator=of_gpu)
    assert random_state.moved() == ["torch's global generator of the GPU"]

    random_state.set_generators("key")
    before = of_gpu.get_state()
    with random_state.kept():
        assert torch.equal(torch.rand(3, generator=of_gpu), first)
    assert torch.equal(of_gpu.get_state(), before)
    assert random_state.changed_by(lambda: torch.rand(3, generator=of_gpu), seeds_only=True)[1] == []
