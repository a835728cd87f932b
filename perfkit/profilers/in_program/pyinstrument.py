"""pyinstrument, of the thread that runs the program."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["collector"]


def collector(rate: float) -> Callable[[Callable[[], None], str], None]:
    """What runs a program and keeps pyinstrument's session."""
    import json

    from pyinstrument import Profiler

    def collect(program: Callable[[], None], result: str) -> None:
        profiler = Profiler(interval=1 / rate, async_mode="disabled")
        profiler.start()
        try:
            program()
        finally:
            session = json.dumps(profiler.stop().to_json())
            with open(result, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(session)

    return collect
