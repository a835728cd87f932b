"""What machine and which libraries a figure comes from, and the settings a worker runs under."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from perfkit.machine.caches import library_caches

__all__ = ["describe", "usable_cores", "worker_environment"]

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
_POOLS_VARIABLE = "PERFKIT_THREADS"


def worker_environment(threads: int, pools: int | None = None) -> dict[str, str]:
    """The environment of a worker: the user's own, with every BLAS and OpenMP pool pinned to `threads`.

    `pools` is what the user has set for the program's own pools: `PERFKIT_THREADS`, which a target may read. Caches of
    libraries lie below perfkit's own, where the user has not said otherwise.
    """
    environment = {**os.environ, **library_caches()}
    environment.update({name: str(threads) for name in _THREAD_VARIABLES})
    environment.pop(_POOLS_VARIABLE, None)
    if pools is not None:
        environment[_POOLS_VARIABLE] = str(pools)
    # perfkit itself must be found, also where it runs from a folder that is not installed
    paths = [str(Path(__file__).resolve().parents[2]), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(p for p in paths if p)
    return environment


def usable_cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe() -> dict[str, object]:
    """This process's machine, versions and BLAS; call it in a worker, whose libraries are the measured ones."""
    import numpy
    import psutil
    import threadpoolctl

    pools = threadpoolctl.threadpool_info()
    blas = next((p for p in pools if p.get("user_api") == "blas"), None)
    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count() or 1,
        "memory_bytes": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "virtual": _virtual(),
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "numpy": numpy.__version__,
        "torch": _installed("torch"),
        **_gpus(),
        "blas": f"{blas['internal_api']} {blas.get('version') or ''}".strip() if blas else "unknown",
        "blas_threads": int(blas["num_threads"]) if blas else None,
        "load": _load(),
    }


def _cpu_name() -> str:
    try:  # psutil tells no name
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    for line in lines:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _virtual() -> str:
    """`container`, `virtual machine` or `no sign of one`, from what Linux shows without rights."""
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return "container"
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "unknown"
    return "virtual machine" if " hypervisor" in flags else "no sign of one"


def _installed(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _gpus() -> dict[str, str]:
    """The GPUs and how they run, where there are any."""
    from perfkit.machine.gpu import gpus  # and subprocess, which no other worker needs

    found = gpus()
    named = {"gpu": "; ".join(gpu.words for gpu in found), "gpu_state": "; ".join(gpu.state for gpu in found)}
    return named if found else {}


def _load() -> list[float] | None:
    try:
        return [round(x, 2) for x in os.getloadavg()]
    except (AttributeError, OSError):
        return None
