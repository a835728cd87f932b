"""A result on a device that nobody waits for: the host's clock would tell how long giving the work away took."""

from __future__ import annotations

import sys
from typing import Any

from perfkit.errors import PerfkitError
from perfkit.tree.walk import Walk

__all__ = ["check_waited_for", "device_in_use", "place_on_device"]


def device_in_use() -> bool:
    """Whether this process has used a GPU through torch."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    return cuda is not None and bool(cuda.is_initialized())


def place_on_device(tree: Any) -> str:
    """Which tensor of a tree lies on a device, in words, and on which: the first. "" where none does."""
    if not device_in_use():
        return ""
    from perfkit.tree import on_device  # which imports torch, and it is there

    walk = Walk(tree)
    for value, _ in walk:
        if isinstance(value, on_device.torch.Tensor) and on_device.is_there(value):
            return f"{walk.place} lies on {value.device}"
    return ""


def check_waited_for(output: Any) -> None:
    """Raise PerfkitError where a result of a call that the host's clock times lies on a device.

    What a program fetches into the host's memory it has waited for.
    """
    found = place_on_device(output)
    if found:
        raise PerfkitError(
            f"{found}, and calls are timed by the host's clock, which does not wait",
            hint='device="cuda" in the target; of functions, hand them inputs that lie there',
        )
