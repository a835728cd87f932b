"""`doctor`: what it found, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perfkit.machine.doctor import Check
from perfkit.machine.environment import describe
from perfkit.report.data.envelope import envelope

__all__ = ["doctor_data"]


def doctor_data(checks: Sequence[Check]) -> dict[str, Any]:
    """The doctor's findings as plain data, with the machine and the versions that they are about."""
    environment = describe()
    # the doctor pins nothing: it runs with as many threads as the user's own environment gives
    return envelope("doctor", environment={**environment, "threads": environment["blas_threads"]}, checks=checks)
