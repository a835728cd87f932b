"""What a GPU did for each operation of torch stands beside what the processor did; the events are made up."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from perfkit.profilers.analysis.side_by_side import lines
from perfkit.profilers.common.profile import HotSpot, Profile, hotspots
from perfkit.profilers.torch_ops import merged_events, on_device, read
from perfkit.report.profiles.profile import torch_lines

MS = 1_000_000


def event(name: str, cpu_us: float, above: Any = None, *, device: str = "CPU", **device_us: float) -> Any:
    return SimpleNamespace(
        name=name,
        cpu_parent=above,
        self_cpu_time_total=cpu_us,
        device_type=SimpleNamespace(name=device),
        **device_us,
    )


@pytest.fixture(params=["self_device_time_total", "self_cuda_time_total"])
def raw(request: pytest.FixtureRequest) -> list[list[Any]]:
    """Two products, each of which launches one kernel; by the names of a new torch and of an old one."""
    events = []
    for _ in range(2):
        above = event("aten::linear", 5, **{request.param: 0})
        events += [above, event("aten::addmm", 20, above, **{request.param: 3000})]
        events.append(event("ampere_sgemm_128x64", 0, device="CUDA", **{request.param: 3000}))
    return merged_events([*events, event("aten::relu", 40, **{request.param: 500})])


def test_the_device_time_of_an_operation_is_that_of_what_it_launched_itself(raw: list[list[Any]]) -> None:
    assert raw == [
        [["aten::linear"], 10_000, 2, 0],
        [["aten::linear", "aten::addmm"], 40_000, 2, 6 * MS],
        [["aten::relu"], 40_000, 1, MS // 2],
    ]
    assert on_device(raw) == {("aten::addmm", "", 0): 6 * MS, ("aten::relu", "", 0): MS // 2}


def test_without_a_device_there_is_none() -> None:
    events = [event("aten::relu", 40)]

    assert on_device(merged_events(events)) == {}
    assert on_device([[["aten::relu"], 40_000, 1]]) == {}  # of an earlier form


def profile(raw: list[list[Any]]) -> Profile:
    stacks, calls = read(raw)
    spots = hotspots(stacks, {}, calls, on_device(raw))
    return Profile(
        profiler="torch", passes=2, total_ns=1, bare_passes=1, bare_ns=1, hotspots=spots, stacks=stacks
    )  # fmt: skip


def drawn(parts: Any, width: int = 90) -> list[str]:
    console = Console(width=width, no_color=True)
    with console.capture() as taken:
        for part in parts:
            console.print(part)
    return [line.rstrip() for line in taken.get().splitlines() if line.strip()]


def main() -> Profile:
    return Profile(
        profiler="cprofile", passes=2, total_ns=1, bare_passes=1, bare_ns=1,
        hotspots=(HotSpot("forward", "a.py", 1, 1, 1, 2),),
    )  # fmt: skip


def test_a_column_says_what_the_device_did_in_one_call_and_the_most_comes_first(raw: list[list[Any]]) -> None:
    head, *rows = drawn(torch_lines([main(), profile(raw)], main(), 10))

    assert head.split() == ["self", "total", "calls", "per", "call", "device", "operation", "of", "torch"]
    assert [row.split()[-1] for row in rows] == ["aten::addmm", "aten::relu", "aten::linear"]
    assert ["3.00 ms" in rows[0], "250 µs" in rows[1], " – " in rows[2]] == [True, True, True]


def test_where_no_device_did_anything_there_is_no_column(raw: list[list[Any]]) -> None:
    plain = profile([[names, own_ns, calls, 0] for names, own_ns, calls, _ in raw])
    head, *rows = drawn(torch_lines([main(), plain], main(), 10))

    assert "device" not in head
    assert [row.split()[-1] for row in rows] == [h.function for h in plain.hotspots]


def test_lines_of_a_profile_of_torch_alone_have_it_too(raw: list[list[Any]]) -> None:
    found = {line.function: line.device_ns for line in lines([profile(raw)])}

    assert found == {"aten::addmm": 3 * MS, "aten::relu": MS / 4, "aten::linear": 0}


def test_a_table_that_counts_calls_shows_the_device_beside_them(
    raw: list[list[Any]], draw_profile: Callable[[Profile], list[str]]
) -> None:
    head = draw_profile(profile(raw))[0].split()

    assert head[:6] == ["self", "total", "calls", "per", "call", "device"]
    assert "device" not in draw_profile(profile([[*row[:3], 0] for row in raw]))[0]


@pytest.fixture
def draw_profile() -> Callable[[Profile], list[str]]:
    from perfkit.report.profiles.profile import _hot

    def draw(found: Profile) -> list[str]:
        return drawn(_hot(SimpleNamespace(profiles=(found,), advice=(), next="none"), found, 10))  # type: ignore[arg-type]

    return draw
