"""What nvidia-smi says of the GPUs, and what doctor makes of it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from perfkit.machine import doctor, environment, gpu
from perfkit.machine.gpu import gpus, read_gpus
from perfkit.report.words import environment_line

SAID = """\
0, GPU-8a1b, NVIDIA H100 80GB HBM3, 575.57.08, 81559, 345, 1980, 31, 0x0000000000000001
1, GPU-9c2d, NVIDIA H100 80GB HBM3, 575.57.08, 81559, 1410, 1980, 84, 0x0000000000000024
2, GPU-0e3f, Some GPU, 470.1, 8192, [N/A], [N/A], [Not Supported], [Not Supported]
"""


def test_each_line_is_a_gpu() -> None:
    first, second, third = read_gpus(SAID)

    assert first.words == "NVIDIA H100 80GB HBM3, driver 575.57.08, 80 GiB"
    assert first.state == "345 of 1,980 MHz, 31 °C"
    assert (first.index, first.uuid, first.memory_bytes) == (0, "GPU-8a1b", 81559 * 2**20)
    assert first.throttled == ""  # idle is no throttling
    assert second.throttled == "its power limit and its temperature"
    assert third.words == "Some GPU, driver 470.1, 8 GiB"
    assert third.throttled == third.state == ""


@pytest.mark.parametrize("said", ["", "No devices were found\n", "a, b\n", "Failed to initialize NVML: 18\n"])
def test_what_is_no_gpu_is_none(said: str) -> None:
    assert read_gpus(said) == []


def test_an_older_driver_is_asked_by_its_own_word(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(command: list[str], **more: Any) -> Any:
        asked.append(command[1])
        known = "clocks_throttle_reasons" in command[1]
        return subprocess.CompletedProcess(command, 0 if known else 2, SAID if known else "not a valid field", "")

    monkeypatch.setattr(gpu.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(gpu.subprocess, "run", run)

    assert len(gpus()) == 3
    assert ["clocks_event_reasons" in word for word in asked] == [True, False]


def test_where_it_is_not_there_or_does_not_answer_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu.shutil, "which", lambda name: None)
    assert gpus() == []

    def hangs(command: list[str], **more: Any) -> Any:
        raise subprocess.TimeoutExpired(command, more["timeout"])

    monkeypatch.setattr(gpu.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(gpu.subprocess, "run", hangs)
    assert gpus() == []


def test_doctor_names_each_or_says_that_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "gpus", lambda: read_gpus(SAID))
    found = [*doctor.gpu_checks()]

    assert [check.name for check in found] == ["gpu 0", "gpu 1", "gpu 2"]
    assert [check.status for check in found] == ["ok", "warn", "ok"]
    assert found[0].value.startswith("NVIDIA H100")
    assert "slowed by its power limit and its temperature" in found[1].value

    monkeypatch.setattr(doctor, "gpus", lambda: read_gpus(SAID)[:1])
    assert [check.name for check in doctor.gpu_checks()] == ["gpu"]
    monkeypatch.setattr(gpu, "gpus", lambda: read_gpus(SAID)[:1])
    described = environment.describe()
    assert described["gpu"] == "NVIDIA H100 80GB HBM3, driver 575.57.08, 80 GiB"
    assert described["gpu_state"] == "345 of 1,980 MHz, 31 °C"
    assert " · NVIDIA H100 80GB HBM3 · " in environment_line(described)

    monkeypatch.setattr(doctor, "gpus", list)
    monkeypatch.setattr(gpu, "gpus", list)
    assert "gpu" not in environment.describe()
    (none,) = doctor.gpu_checks()
    assert (none.name, none.status) == ("gpu", "note")
    assert "none that nvidia-smi finds" in none.value
