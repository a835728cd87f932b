"""The GPUs of this machine, as nvidia-smi tells: nothing of CUDA is loaded, so that workers may still be forked."""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import dataclass

from perfkit import numbers

__all__ = ["Gpu", "gpus", "read_gpus"]

_FIELDS = "index", "uuid", "name", "driver_version", "memory.total", "clocks.sm", "clocks.max.sm", "temperature.gpu"
_WITHIN_S = 10.0
# bits of clocks_throttle_reasons.active (NVML's nvmlClocksThrottleReasons) that mean slower than it could be
_SLOWED = {
    0x4: "its power limit",
    0x8: "its hardware",
    0x20: "its temperature",
    0x40: "its temperature (hardware)",
    0x80: "its power brake",
}
_REASONS = "clocks_event_reasons.active", "clocks_throttle_reasons.active"  # as newer and older drivers name them


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU: what it is, and how it runs now. 0 where nvidia-smi does not tell. Clocks in MHz, in degrees Celsius."""

    index: int
    uuid: str
    name: str
    driver: str
    memory_bytes: int
    now_mhz: int
    most_mhz: int
    celsius: int
    throttled: str  # by what it is slowed; "" where it is not

    @property
    def words(self) -> str:
        """What it is, in a line."""
        # saved, and compared word for word with those of other runs: it stays as it is
        return f"{self.name}, driver {self.driver}, {self.memory_bytes / 2**30:.0f} GiB"

    @property
    def state(self) -> str:
        """How it runs now; "" where that is not told."""
        clocks = f"{numbers.count(self.now_mhz)} of {numbers.count(self.most_mhz)} MHz" if self.most_mhz else ""
        heat = f"{self.celsius} °C" if self.celsius else ""
        slowed = f"slowed by {self.throttled}" if self.throttled else ""
        return ", ".join(filter(None, (clocks, heat, slowed)))


def gpus() -> list[Gpu]:
    """Those of this machine; none where nvidia-smi is not there or finds none."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return []
    for reasons in _REASONS:
        asked = [command, f"--query-gpu={','.join((*_FIELDS, reasons))}", "--format=csv,noheader,nounits"]
        try:
            said = subprocess.run(asked, capture_output=True, text=True, timeout=_WITHIN_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return []
        if said.returncode == 0:
            return read_gpus(said.stdout)
    return []


def read_gpus(text: str) -> list[Gpu]:
    """One a line, as nvidia-smi was asked for them. Lines of another kind are none."""
    rows = [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if len(row) == len(_FIELDS) + 1]
    return [
        Gpu(
            index=_whole(row[0]),
            uuid=row[1],
            name=row[2],
            driver=row[3],
            memory_bytes=_whole(row[4]) * 2**20,
            now_mhz=_whole(row[5]),
            most_mhz=_whole(row[6]),
            celsius=_whole(row[7]),
            throttled=_slowed(row[8]),
        )
        for row in rows
    ]


def _whole(said: str) -> int:
    """A whole number; 0 for what is `[N/A]`."""
    return int(said) if said.strip().isdigit() else 0


def _slowed(said: str) -> str:
    try:
        reasons = int(said, 16)
    except ValueError:
        return ""
    return " and ".join(words for bit, words in _SLOWED.items() if reasons & bit)
