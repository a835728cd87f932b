"""A Triton kernel as one function: compiled where its numbers lie on a GPU, else run by Triton's interpreter.

The interpreter executes the kernel's own lines on the processor, one program of the grid after the other. It proves
what a kernel computes, and says nothing of its time. A kernel that is to run both ways in one process keeps to what the
language itself offers (`tl.dot`, not `tl.sum`): the functions of its library are made for one of the two.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
import triton

__all__ = ["Kernel"]


class Kernel:
    """A kernel's source in both forms; `compiled` is what triton makes machine code of."""

    def __init__(self, source: Callable[..., None]) -> None:
        self.compiled: Any = triton.JITFunction(source)
        self._source = source

    @cached_property
    def _interpreted(self) -> Any:
        from triton.runtime.interpreter import InterpretedFunction  # it needs numpy, which a GPU does without

        return InterpretedFunction(self._source)

    def launch(self, grid: tuple[int, ...], *arguments: Any, **blocks: int) -> None:
        """Run the grid on where the first argument, a tensor, lies; on a GPU it is queued in its current stream."""
        if not arguments[0].is_cuda:
            self._interpreted[grid](*arguments, **blocks)
            return
        with torch.cuda.device(arguments[0].device):  # triton launches on the current one
            self.compiled[grid](*arguments, **blocks)
