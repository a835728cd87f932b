"""The guard's answer beside an oracle that looks at the bits of each number: for maps that decay, grow and stay."""

from __future__ import annotations

import os
import struct
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfkit.worker.number_health import Health, scan

CASES = int(os.environ.get("PERFKIT_FUZZ", "60"))
FORMATS = {"float16": ("<H", 5, 10), "float32": ("<I", 8, 23), "float64": ("<Q", 11, 52)}  # exponent and fraction bits


def kind_of(number: bytes, dtype: str) -> str:
    """What a number is by its bits: IEEE 754, 3.4."""
    code, exponent_bits, fraction_bits = FORMATS[dtype]
    (bits,) = struct.unpack(code, number)
    exponent, fraction = bits >> fraction_bits & (1 << exponent_bits) - 1, bits & (1 << fraction_bits) - 1
    if exponent == (1 << exponent_bits) - 1:
        return "nonfinite"
    if exponent == 0:
        return "subnormal" if fraction else "zero"
    return "normal"


def oracle(values: np.ndarray[Any, Any]) -> Health:
    dtype = values.dtype.name
    counts = Counter(kind_of(number.tobytes(), dtype) for number in values.astype(values.dtype.newbyteorder("<")).flat)
    return Health(
        floats=values.size,
        subnormal=counts["subnormal"],
        nonfinite=counts["nonfinite"],
        nonzero=values.size - counts["zero"],
    )


@settings(max_examples=CASES, deadline=None)
@given(
    dtype=st.sampled_from(sorted(FORMATS)),
    factor=st.one_of(st.floats(-1.0, 1.0), st.floats(1.0, 1e4), st.sampled_from([1.0, -1.0, 0.0])),
    offset=st.sampled_from([0.0, 1e-7, -1e-30]),
    calls=st.integers(0, 60),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_scan_agrees_with_the_bits(dtype: str, factor: float, offset: float, calls: int, seed: int) -> None:
    values = np.random.default_rng(seed).standard_normal(17).astype(dtype)
    with np.errstate(all="ignore"):
        for _ in range(calls):
            values = (values * values.dtype.type(factor) + values.dtype.type(offset)).astype(dtype)

    assert scan(values) == oracle(values)


@settings(max_examples=CASES, deadline=None)
@given(dtype=st.sampled_from(sorted(FORMATS)), seed=st.integers(0, 2**32 - 1), swapped=st.booleans())
def test_it_agrees_for_any_bits_at_all(dtype: str, seed: int, swapped: bool) -> None:
    size = np.dtype(dtype).itemsize
    raw = np.random.default_rng(seed).bytes(size * 33)
    values = np.frombuffer(raw, np.dtype(dtype).newbyteorder(">" if swapped else "<"))

    assert scan(values) == oracle(values)


@pytest.mark.parametrize("name", ["bfloat16", "float16", "float32", "float64"])
def test_tensors_are_looked_at_by_their_own_dtype(name: str) -> None:
    torch = pytest.importorskip("torch")
    smallest = torch.finfo(getattr(torch, name)).smallest_normal
    values = torch.tensor([1.0, smallest, smallest / 2, 0.0, float("inf")], dtype=getattr(torch, name))

    assert scan([values]) == Health(floats=5, subnormal=1, nonfinite=1, nonzero=4)
