"""bitarray: bits in order. Imported when the first of them is met."""

from __future__ import annotations

import importlib
from typing import Any

from perfkit.tree.registry import register

__all__: list[str] = []

bitarray: Any = importlib.import_module("bitarray").bitarray  # noqa: TID251 - the program has it already


def _state(bits: Any) -> dict[str, str]:
    endian = bits.endian
    return {"bits": bits.to01(), "endian": endian() if callable(endian) else endian}


def _made(state: dict[str, str]) -> Any:
    return bitarray(state["bits"], state["endian"])


register(bitarray, _state, _made)
