"""Seams and workloads as a target declares them."""

from __future__ import annotations

from typing import Any

import pytest

from perfkit.target import KINDS, Seam, Target, Workload


def workload(name: str, **changes: Any) -> Workload:
    return Workload(
        id=name,
        summary="",
        shared=lambda size, seed: None,
        build=lambda ops, shared: ops,
        data=lambda shared, rng: None,
        call=lambda instance: instance,
        **changes,
    )


@pytest.mark.parametrize("kind", ["call", "factory", "construct", "context", "process"])
def test_a_seam_may_be_of_every_documented_kind(kind: str) -> None:
    assert Seam(name="gate", kind=kind).kind == kind
    assert kind in KINDS
    assert len(KINDS) == 5


def test_a_seam_of_another_kind_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"seam gate: kind must be one of call, factory.*not 'function'"):
        Seam(name="gate", kind="function")


def test_a_seam_is_a_plain_call_unless_it_says_otherwise() -> None:
    seam = Seam(name="gate")

    assert (seam.kind, seam.children, seam.reused, seam.summary) == ("call", (), False, "")


def test_a_workload_without_weights_or_state_measures_the_table_itself() -> None:
    plain = Workload(id="plain", summary="", data=lambda shared, rng: shared, call=lambda ops: ops["gate"])
    shared = plain.shared("small", 0)

    assert shared is None
    assert plain.data(shared, None) is None
    assert plain.call(plain.build({"gate": abs}, shared)) is abs


def test_a_workload_is_found_by_name() -> None:
    first, second = workload("forward"), workload("decode")
    target = Target(id="t", summary="", ops=dict, workloads=(first, second))

    assert target.workload("decode") is second
    assert target.workload("forward") is first
    with pytest.raises(KeyError):
        target.workload("prefill")


def test_by_default_the_argument_is_the_data_and_the_observation_is_the_output() -> None:
    one, data, output = workload("forward"), object(), object()

    assert one.prepare("instance", data) is data
    assert one.observe("instance", data, output) is output
    assert (one.sizes, one.awkward, one.change, one.close) == (("small",), None, None, None)
