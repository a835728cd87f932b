"""Is this machine fit for measuring? One check a function; each says what it saw and what would help."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from perfkit import numbers
from perfkit.machine.environment import describe
from perfkit.machine.float_mode import FLUSHES, flushes, watching_imports
from perfkit.machine.gpu import gpus
from perfkit.worker.timer import HostTimer

__all__ = ["Check", "examine", "gpu_checks"]

_DEAR_PENALTY = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding: status ok, note (worth knowing) or warn (spoils measurements), what was seen, and a remedy.

    `detail`: another check sums it up, with its status and remedy.
    """

    name: str
    status: str
    value: str
    remedy: str = ""
    detail: bool = False


def examine(*, with_torch: bool = False) -> Iterator[Check]:
    """Every check, as it is done. `with_torch`: it is imported too, to see what it does, for a second."""
    environment = describe()
    for check in (_python, _machine, _libraries):
        yield check(environment)
    for simple in (_clock, _load, _frequency, _py_spy, _ptrace):
        yield simple()
    yield from gpu_checks()
    yield from _limits()
    yield _flushing(with_torch=with_torch)
    yield from _denormals()


def _python(environment: dict[str, object]) -> Check:
    debug = hasattr(sys, "gettotalrefcount")
    return Check(
        name="python",
        status="warn" if debug else "ok",
        value=f"{environment['implementation']} {environment['python']}{' (debug build)' if debug else ''}",
        remedy="use a release build of Python" if debug else "",
    )


def _machine(environment: dict[str, object]) -> Check:
    virtual = str(environment["virtual"])
    shared = virtual in ("container", "virtual machine")
    return Check(
        name="machine",
        status="note" if shared else "ok",
        value=f"{environment['cpu']}, {environment['cores']} cores, {environment['machine']}, {virtual}",
        remedy="others may share its cores: trust the ratios, not single times" if shared else "",
    )


def _libraries(environment: dict[str, object]) -> Check:
    torch = environment["torch"] or "not installed"
    threads = environment["blas_threads"]
    blas = f"{environment['blas']} on {threads} thread{'s' * (threads != 1)}"
    return Check(
        name="libraries",
        status="ok",
        value=f"numpy {environment['numpy']}, {blas}, torch {torch}",
    )


def _clock() -> Check:
    step = HostTimer().resolution_ns()
    return Check(
        name="clock",
        status="ok" if step <= 1000 else "warn",
        value=f"perf_counter_ns moves in steps of {numbers.time(step)}",
        remedy="samples are made longer to fit" if step > 1000 else "",
    )


def _load() -> Check:
    try:
        load, cores = os.getloadavg()[0], os.cpu_count() or 1
    except (AttributeError, OSError):
        return Check(name="load", status="note", value="not known on this system")
    busy = load > 0.5 * cores
    return Check(
        name="load",
        status="warn" if busy else "ok",
        value=f"{load:.2f} over the last minute, on {cores} cores",
        remedy="close other programs before measuring" if busy else "",
    )


def _frequency() -> Check:
    governor = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    try:
        mode = governor.read_text(encoding="ascii").strip()
    except OSError:
        return Check(name="frequency", status="note", value="the processor's frequency policy is not visible here")
    slow = mode != "performance"
    return Check(
        name="frequency",
        status="note" if slow else "ok",
        value=f"governor {mode}",
        remedy="sudo cpupower frequency-set -g performance steadies the clock" if slow else "",
    )


def _py_spy() -> Check:
    beside = Path(sys.executable).with_name("py-spy")
    found = str(beside) if beside.exists() else shutil.which("py-spy")
    return Check(
        name="py-spy",
        status="ok" if found else "warn",
        value="installed" if found else "not found beside this Python",
        remedy="" if found else "pip install py-spy",
    )


def _ptrace() -> Check:
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    try:
        level = int(scope.read_text(encoding="ascii"))
    except (OSError, ValueError):
        level = 0
    allowed = level <= 1 or os.geteuid() == 0
    return Check(
        name="ptrace",
        status="ok" if allowed else "warn",
        value="py-spy may inspect perfkit's workers" if allowed else f"ptrace_scope {level} forbids py-spy",
        remedy="" if allowed else "sudo sysctl kernel.yama.ptrace_scope=1, or use --with cprofile",
    )


def gpu_checks() -> Iterator[Check]:
    """The GPUs, each with its driver, memory and clocks; a line where there is none."""
    found = gpus()
    for gpu in found:
        yield Check(
            name=f"gpu {gpu.index}" if len(found) > 1 else "gpu",
            status="warn" if gpu.throttled else "ok",
            value=", ".join(filter(None, (gpu.words, gpu.state))),
            remedy="let it cool, or give it more power, before measuring" if gpu.throttled else "",
        )
    if not found:
        yield Check(name="gpu", status="note", value="none that nvidia-smi finds: calls are timed on the processor")


def _limits() -> Iterator[Check]:
    from perfkit.machine.roofline import rates

    found = rates()
    yield Check(name="products", status="ok", value=f"{numbers.operations(found.operations)} in float32, by BLAS")
    yield Check(name="memory", status="ok", value=f"{numbers.rate(found.read)} read, by BLAS")


def _denormals() -> Iterator[Check]:
    """What subnormals cost at most, as inputs and as results."""
    from perfkit.machine.subnormal_cost import penalties

    found = [*penalties()]
    dearest = [max((p for p in found if p.of == of), key=lambda p: p.ratio) for of in ("inputs", "results")]
    said = [f"as {p.of} up to {numbers.ratio(p.ratio)} the time ({p.operation} {p.dtype})" for p in dearest]
    dear = any(p.ratio >= _DEAR_PENALTY for p in dearest)
    yield Check(
        name="subnormals",
        status="note" if dear else "ok",
        value=", ".join(said),
        remedy="keep benchmark data from decaying; perfkit bench --trap -v shows every operation" if dear else "",
    )
    for p in sorted(found, key=lambda p: -p.ratio):
        status = "note" if p.ratio >= _DEAR_PENALTY else "ok"
        name = f"subnormal {p.of} of {p.operation} {p.dtype}"
        yield Check(name=name, status=status, value=f"{numbers.ratio(p.ratio)} the time of normal numbers", detail=True)


def _flushing(*, with_torch: bool) -> Check:
    """What switches flush-to-zero on for the process that imports it."""
    here = find_spec("torch") is not None
    with watching_imports() as switched:
        import numpy  # noqa: F401
        import scipy.linalg  # noqa: F401

        if with_torch and here:
            import torch  # noqa: F401
    names = ", ".join(name or "something imported" for name in switched)
    on = flushes()
    if with_torch:
        off = f"off, with numpy, scipy{' and torch' if here else ''} imported"
    else:
        off = f"off, with numpy and scipy imported{'; with torch: perfkit doctor -v' if here else ''}"
    return Check(
        name="flush to zero",
        status="warn" if on else "ok",
        value=f"{names or 'the process'} {FLUSHES}" if on else off,
        remedy="build it without -ffast-math: what is measured here is not what computes with subnormals" if on else "",
    )
