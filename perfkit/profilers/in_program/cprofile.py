"""cProfile's own core, without the modules that it brings along."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["collector"]


def collector(rate: float) -> Callable[[Callable[[], None], str], None]:
    """What runs a program and keeps the rows of cProfile's table."""
    from _lsprof import Profiler

    def collect(program: Callable[[], None], result: str) -> None:
        profiler = Profiler()
        profiler.enable()
        try:
            program()
        finally:
            profiler.disable()
            rows = repr([_row(entry) for entry in profiler.getstats()])
            with open(result, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(rows)

    return collect


def _row(entry: Any) -> list[Any]:
    numbers = [entry.callcount, entry.reccallcount, entry.inlinetime, entry.totaltime]
    below = [[_label(s.code), s.callcount, s.reccallcount, s.inlinetime, s.totaltime] for s in entry.calls or ()]
    return [_label(entry.code), *numbers, below]


def _label(code: Any) -> list[Any]:
    return ["~", 0, code] if isinstance(code, str) else [code.co_filename, code.co_firstlineno, code.co_name]
