"""What of a machine recipes need beside modules, and whether it is there: asked without importing anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

__all__ = ["lacking"]

_DRIVERS = "/dev/nvidiactl", "/dev/dxg"  # what NVIDIA's driver opens on Linux, and under WSL2


def _has_gpu() -> bool:
    return any(os.path.exists(device) for device in _DRIVERS)


def _has_compiler() -> bool:
    home = os.environ.get("CUDA_HOME")
    return shutil.which("nvcc") is not None or (home is not None and Path(home, "bin", "nvcc").is_file())


_KNOWN: Mapping[str, tuple[Callable[[], bool], str]] = {
    "cuda": (_has_gpu, "no NVIDIA GPU"),
    "nvcc": (_has_compiler, "no nvcc, CUDA's compiler"),
}


def lacking(hardware: Collection[str]) -> str:
    """What of `hardware` (names of `perfkit.recipe.HARDWARE`) this machine lacks, in words; "" when nothing."""
    return " and ".join(words for name, (found, words) in _KNOWN.items() if name in hardware and not found())
