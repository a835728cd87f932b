"""`perfkit doctor`: is this machine fit for measuring?"""

from __future__ import annotations

from typing import Annotated

import typer

from perfkit.cli.terminal import JsonOption, emit, emit_json

__all__ = ["doctor"]


def doctor(
    json: JsonOption = None,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="Also what each operation costs on subnormal floats, and what importing torch switches.",
        ),
    ] = False,
) -> None:
    """Check the machine, the clock and the profilers, and measure what subnormal floats cost here."""
    from perfkit.machine.doctor import examine
    from perfkit.report.data.doctor import doctor_data
    from perfkit.report.document import to_json

    checks = list(examine(with_torch=verbose))
    if json is not None:
        emit_json(to_json(doctor_data(checks)), json)
    if str(json) != "-":
        from perfkit.report.doctor import doctor_report

        emit(doctor_report(checks, verbose=verbose))
