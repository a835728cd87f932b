"""torch.profiler, with what a GPU does where torch can use one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["collector"]


def collector(rate: float) -> Callable[[Callable[[], None], str], None]:
    """What runs a program and keeps the stacks of its operations."""
    import json

    import torch

    def collect(program: Callable[[], None], result: str) -> None:
        kinds = torch.profiler.ProfilerActivity
        activities = [kinds.CPU, kinds.CUDA] if torch.cuda.is_available() else [kinds.CPU]
        profiler: Any = torch.profiler.profile(activities=activities)
        profiler.start()
        try:
            program()
        finally:
            profiler.stop()
            operations = json.dumps([_operation(e) for e in profiler.events() or () if e.device_type.name == "CPU"])
            with open(result, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(operations)

    return collect


def _operation(event: Any) -> list[Any]:
    names, above = [], event
    while above is not None:
        names.append(above.name)
        above = above.cpu_parent
    on_device = getattr(event, "self_device_time_total", 0)  # as torch names it since 2.4
    return [names[::-1], int(event.self_cpu_time_total * 1000), 1, int(on_device * 1000)]  # microseconds there
