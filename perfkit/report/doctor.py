"""The doctor's findings as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfkit.machine.doctor import Check

__all__ = ["doctor_report"]

_STYLES = {"ok": "green", "note": "cyan", "warn": "bold yellow"}


_ORDER = ("warn", "note", "ok")


def doctor_report(checks: Sequence[Check], *, verbose: bool = False) -> RenderableType:
    """One line a check, the worst first, remedies below those that need one, and a last line that sums up.

    `verbose`: what another check sums up, too.
    """
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column()
    shown = [check for check in checks if verbose or not check.detail]
    for check in sorted(shown, key=lambda check: _ORDER.index(check.status)):
        value = Text(check.value)
        if check.remedy:
            value.append(f"\n{check.remedy}", style="dim")
        table.add_row(Text(check.status, style=_STYLES[check.status]), check.name, value)
    warnings = [check.name for check in shown if check.status == "warn"]
    last = f"fix before measuring: {', '.join(warnings)}" if warnings else "this machine is fit for measuring"
    hidden = len(checks) - len(shown)
    more = f"  {hidden} more figure{'s' * (hidden != 1)}: perfkit doctor -v" if hidden else ""
    summed = Text(last, style="bold yellow" if warnings else "bold")
    return Group(table, Text(), summed.append(more, style="not bold dim"))
