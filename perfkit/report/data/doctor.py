"""`doctor`: what it found, and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from perfkit.machine.doctor import Check
from perfkit.machine.environment import describe
from perfkit.report.data.envelope import Envelope, Environment

__all__ = ["DoctorDocument", "doctor_data"]


class DoctorDocument(Envelope, frozen=True, kw_only=True):
    """perfkit doctor"""

    command: Literal["doctor"] = "doctor"
    environment: Environment
    checks: tuple[Check, ...]


def doctor_data(checks: Sequence[Check]) -> DoctorDocument:
    """The doctor's findings as plain data, with the machine and the versions that they are about."""
    environment = describe()
    # the doctor pins nothing: it runs with as many threads as the user's own environment gives
    return DoctorDocument(environment={**environment, "threads": environment["blas_threads"]}, checks=tuple(checks))
