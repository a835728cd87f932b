"""Is this machine fit for measuring? One check a function; each says what it saw and what would help."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from perfkit.machine.environment import describe
from perfkit.worker.timer import HostTimer

__all__ = ["Check", "examine"]

_DEAR_PENALTY = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding: status ok, note (worth knowing) or warn (spoils measurements), what was seen, and a remedy."""

    name: str
    status: str
    value: str
    remedy: str = ""


def examine() -> Iterator[Check]:
    """Every check, as it is done."""
    environment = describe()
    for check in (_python, _machine, _libraries):
        yield check(environment)
    for simple in (_clock, _load, _frequency, _py_spy, _ptrace):
        yield simple()
    yield from _limits()
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
    blas = f"{environment['blas']} ({environment['blas_threads']} threads)"
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
        value=f"perf_counter_ns moves in steps of {step} ns",
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
        remedy="end other work before measuring" if busy else "",
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
        value="py-spy may look into its own workers" if allowed else f"ptrace_scope {level} forbids py-spy",
        remedy="" if allowed else "sudo sysctl kernel.yama.ptrace_scope=1, or use --with cprofile",
    )


def _limits() -> Iterator[Check]:
    from perfkit.machine.roofline import rates

    found = rates()
    yield Check(name="products", status="ok", value=f"{found.operations / 1e9:.3g} GFLOP/s in float32, by BLAS")
    yield Check(name="memory", status="ok", value=f"{found.read / 1e9:.3g} GB/s read, by BLAS")


def _denormals() -> Iterator[Check]:
    from perfkit.machine.subnormal_cost import penalties

    for p in penalties():
        dear = p.ratio >= _DEAR_PENALTY
        yield Check(
            name=f"subnormal {p.operation} {p.dtype}",
            status="note" if dear else "ok",
            value=f"{p.ratio:.1f}x the time of normal numbers",
            remedy="keep benchmark data from decaying; perfkit flags samples where it does" if dear else "",
        )
