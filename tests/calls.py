"""Tables of calls as tests write them, by hand."""

from __future__ import annotations

from typing import Any

from perfkit.profilers.common.call_table import Edge, Key, Row, Table


def table_of(plain: dict[Any, Any]) -> Table:
    """(file, line, function) -> (calls that were not recursive, calls, own and inclusive seconds, the same by caller).

    By caller it is all calls first, and then those that were not recursive: so pstats has it.
    """
    return {
        Key(*key): Row(*numbers, {Key(*caller): Edge(*edge) for caller, edge in callers.items()})
        for key, (*numbers, callers) in plain.items()
    }
