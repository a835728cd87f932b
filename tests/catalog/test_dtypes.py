"""Every seam takes, alone, each of the floats that its target declares, and computes in them; its cost can be told."""

from __future__ import annotations

import itertools
import time
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from perfkit import api
from perfkit.axis import DTYPE, point
from perfkit.sources.catalog import CatalogSource
from perfkit.tree.walk import Walk
from perfkit.worker.inputs import recorder
from perfkit.worker.subject import SeamSubject

pytestmark = pytest.mark.usefixtures("libraries_unwatched")

IN = {"glassbox": "forward-small", "compressor": "predict"}  # whose first workload takes long
DECLARED = [
    (target.id, name, dtype)
    for target in api.catalog().targets
    for name, seam in target.seams.items()
    for dtype in seam.dtypes
]


@cache
def opened(target: str) -> CatalogSource:
    return CatalogSource((), target, seed=0)


@pytest.fixture(autouse=True)
def counted_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call takes alike: of a seam that is called in several ways, the first is taken, and not now this, now that.

    `contract` is called with what softmax gives, too, which in another dtype would be other weights.
    """
    own = SimpleNamespace(**{**vars(time), "perf_counter_ns": itertools.count().__next__})
    monkeypatch.setattr(recorder, "time", own)


def dtypes(tree: Any) -> set[str]:
    """Of the floats in a tree."""
    found = set()
    for value, _ in Walk(tree):
        name = str(getattr(value, "dtype", "")).removeprefix("torch.")
        if name.startswith(("float", "bfloat", "complex")):
            found.add(name)
    return found


@pytest.mark.parametrize(("target", "seam", "dtype"), DECLARED)
def test_a_declared_dtype_is_what_the_seam_computes_in(target: str, seam: str, dtype: str) -> None:
    source = opened(target)
    workload = IN.get(target, source.target.workloads[0].id)
    spec = source.alone(workload, point("tiny", ((DTYPE, dtype),)), seam, ())
    assert spec is not None
    subject = SeamSubject(source.seams[seam], source.ops(()), spec, 0)
    arguments = subject.prepare(subject.data(1))
    with subject.around(), np.errstate(all="ignore"):
        result = subject.invoke(*arguments)

    alone = {"float64": {"float64", "complex128"}, "float32": {"float32", "complex64"}}.get(dtype, {dtype})
    if (target, seam, dtype) != ("glassbox", "attend", "float32"):  # where NumPy's strong scalar makes it float64
        assert dtypes(result) <= alone
    cost = source.least(seam, arguments)
    assert (cost is None) == (seam not in source.target.costs)


@pytest.mark.parametrize("target", [target.id for target in api.catalog().targets])
def test_costs_are_of_seams_that_can_be_called(target: str) -> None:
    source = opened(target)

    assert source.target.costs
    assert {source.seams[name].kind for name in source.target.costs} == {"call"}
