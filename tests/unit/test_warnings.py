"""Each analyser speaks when there is reason to, and only then; each ends with what helps, and none names a budget."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from perfkit.comparison.warnings import bimodal
from perfkit.comparison.warnings.registry import ANALYSERS, analyse
from perfkit.machine.counters import counters, happened
from perfkit.result import Document, Sample

QUIET = {"stolen_share": 0.001, "others_share": 0.02, "swapped_pages": 3, "throttled": 0}


def document(times_ns: list[float], during: dict[str, Any] = QUIET, step_ns: int = 20) -> Document:
    """A run of one group whose baseline took these times, ten rounds a process."""
    samples = tuple(
        Sample(group="g", role="baseline", process=i // 10, round=i % 10, position=0, loops=2, elapsed_ns=round(2 * t))
        for i, t in enumerate(times_ns)
    )
    environment = {"cores": 2, "resolution_ns": step_ns, "during": during}
    return Document(
        perfkit="0", command="", seed=0, status="complete", environment=environment, results=(), samples=samples
    )


def steady(count: int = 80) -> list[float]:
    rng = random.Random(1)
    return [1e6 * (1 + 0.01 * rng.gauss(0, 1)) for _ in range(count)]


def two_groups(apart: float) -> list[float]:
    return [t * (1 + apart * (i % 3 == 0)) for i, t in enumerate(steady())]


def drifting(whole: float) -> list[float]:
    return [t * (1 + whole * i / 80) for i, t in enumerate(steady())]


def test_a_quiet_run_has_no_warning() -> None:
    assert list(analyse(document(steady()))) == []
    assert list(analyse(document([]))) == []
    assert list(analyse(replace(document(steady()), environment={}))) == []


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (document(steady(), step_ns=10_000), "the clock steps by 10.0 µs and a sample lasts"),
        (document(two_groups(0.2)), "g: the baseline's times are bimodal, 20.1 % between"),
        (document(drifting(0.2)), "g: the baseline became 14.7 % slower in the course of the run"),
        (document(drifting(-0.2)), "g: the baseline became"),
        (document(steady(), {**QUIET, "stolen_share": 0.03}), "CPU steal was 3.0 % while this was measured"),
        (document(steady(), {**QUIET, "throttled": 2}), "heat throttled the processor 2 times"),
        (document(steady(), {**QUIET, "others_share": 0.55}), "other programs used 1.10 of 2 cores"),
        (document(steady(), {**QUIET, "swapped_pages": 5000}), "5,000 pages were swapped"),
    ],
)
def test_a_reason_is_named_with_what_helps(found: Document, says: str) -> None:
    (warning,) = analyse(found)

    assert warning.startswith(says)
    assert warning.rpartition(";")[2].strip()
    assert "--budget" not in warning
    assert "--processes" not in warning


@pytest.mark.parametrize(
    "times",
    [two_groups(0.01), drifting(0.03), [*steady(79), 5e6], [*steady(19), 2e6], two_groups(0.2)[:19]],
    ids=["near groups", "slight drift", "one outlier", "few with an outlier", "too few"],
)
def test_what_does_not_matter_is_not_said(times: list[float]) -> None:
    assert list(analyse(document(times))) == []


def test_a_machine_whose_speed_swings_does_not_drift() -> None:
    swinging = [t * (1.1 if (i // 10) % 2 else 1.0) for i, t in enumerate(steady())]

    assert not any("became" in w for w in analyse(document(swinging)))


def test_two_groups_need_a_gap_and_not_only_a_spread() -> None:
    rng = random.Random(3)

    assert bimodal.split([rng.uniform(0, 1) for _ in range(200)]) is None
    assert bimodal.split([rng.gauss(0, 0.01) for _ in range(200)]) is None
    assert bimodal.split([rng.gauss(0.1 * (i % 2), 0.005) for i in range(200)]) == pytest.approx(0.1, abs=0.01)


def test_every_file_of_the_folder_is_used(repository: Path) -> None:
    files = {p.stem for p in (repository / "perfkit" / "comparison" / "warnings").glob("*.py")} - {
        "__init__",
        "registry",
    }

    assert files == {a.__name__.rpartition(".")[2] for a in ANALYSERS}


STAT = "cpu  {user} 0 {system} {idle} 0 0 0 {stolen} 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n"


linux = pytest.mark.skipif(sys.platform != "linux", reason="what other systems show is read by psutil alone")


@linux
def test_counters_are_read_from_what_linux_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    (tmp_path / "meminfo").write_text("SwapTotal: 8 kB\nSwapFree: 8 kB\n", encoding="ascii")
    (tmp_path / "vmstat").write_text("pgfault 9\npswpin 5\npswpout 7\n", encoding="ascii")
    count = tmp_path / "devices/system/cpu/cpu0/thermal_throttle/core_throttle_count"
    count.parent.mkdir(parents=True)

    def read(user: int, system: int, idle: int, stolen: int, throttled: int) -> dict[str, float]:
        text = STAT.format(user=user, system=system, idle=idle, stolen=stolen)
        (tmp_path / "stat").write_text(text, encoding="ascii")
        count.write_text(f"{throttled}\n", encoding="ascii")
        return {**counters(tmp_path), "own_s": 0.0}

    before, after = read(100, 50, 800, 0, 1), read(150, 60, 820, 20, 4)

    assert before["swapped_pages"] == 12
    assert happened(before, after) == {
        "stolen_share": 0.2,  # 20 of 100 ticks
        "others_share": 0.6,
        "swapped_pages": 0,
        "throttled": 3,
    }
    assert happened(before, {**after, "own_s": 0.6})["others_share"] == pytest.approx(0.0)


@linux
@pytest.mark.parametrize("meminfo", [None, "SwapTotal: 8 kB\nSwapFree: 8 kB\n"])
def test_a_system_that_shows_nothing_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meminfo: str | None
) -> None:
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    if meminfo is not None:
        (tmp_path / "meminfo").write_text(meminfo, encoding="ascii")

    assert happened(counters(tmp_path), counters(tmp_path)) == {}


def test_every_system_shows_how_busy_it_is() -> None:
    assert counters().keys() >= {"all_s", "idle_s", "stolen_s"}
