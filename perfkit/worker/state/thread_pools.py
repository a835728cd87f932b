"""The thread pools of BLAS and OpenMP: how many threads each uses. A microsecond a look once they have been found."""

from __future__ import annotations

import sys
from typing import Any

from threadpoolctl import ThreadpoolController

from perfkit.worker.state.python_state import State

__all__ = ["POOLS"]

_found: tuple[int, list[Any]] = 0, []  # number of modules at that time: a library comes with a module of its own


def _pools() -> list[Any]:
    global _found
    count = len(sys.modules)
    if count != _found[0]:  # finding them takes some milliseconds
        _found = count, ThreadpoolController().lib_controllers
    return _found[1]


def _threads() -> dict[str, tuple[int, str]]:
    """By file: (number of threads, name)."""
    return {pool.filepath: (pool.get_num_threads(), pool.internal_api) for pool in _pools()}


def _changed(old: dict[str, tuple[int, str]], new: dict[str, tuple[int, str]]) -> str:
    for file, (threads, name) in old.items():
        if file in new and new[file][0] != threads:
            return f"({name}: {threads} before, {new[file][0]} after)"
    return ""


def _restore(before: dict[str, tuple[int, str]]) -> None:
    for pool in _pools():
        if pool.filepath in before:
            pool.set_num_threads(before[pool.filepath][0])


POOLS = State("the number of threads of BLAS or OpenMP", _threads, _restore, _changed)
