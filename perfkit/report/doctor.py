"""The doctor's findings as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfkit.machine.doctor import Check

__all__ = ["doctor_report"]

_STYLES = {"ok": "green", "note": "cyan", "warn": "bold yellow"}


def doctor_report(checks: Sequence[Check]) -> RenderableType:
    """One line a check, remedies below those that need one, and a last line that sums up."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column()
    for check in checks:
        value = Text(check.value)
        if check.remedy:
            value.append(f"\n{check.remedy}", style="dim")
        table.add_row(Text(check.status, style=_STYLES[check.status]), check.name, value)
    warnings = sum(c.status == "warn" for c in checks)
    last = "this machine is fit for measuring" if not warnings else f"{warnings} of {len(checks)} checks need attention"
    return Group(table, Text(), Text(last, style="bold" if not warnings else "bold yellow"))
