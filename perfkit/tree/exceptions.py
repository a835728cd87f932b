"""Exceptions, which a call may return or raise."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from perfkit.equivalence import Equivalence
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import Kind
from perfkit.tree.registry import add

__all__: list[str] = []


class _Error(Kind):
    """An exception: its type, arguments, fields and message, not where it was raised."""

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.slots = tuple(slot for slot in self.slots if slot[0] != "obj")  # of an AttributeError: whoever lacks it

    def set_field(self, value: Any, name: str, field: Any) -> None:
        with suppress(AttributeError):  # some are read-only: their constructor has set them from the arguments
            super().set_field(value, name, field)

    def items(self, value: Any) -> list[Any]:
        return [value.args]

    def place(self, value: Any, number: int) -> str:
        return ".args"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        return None if str(expected) == str(got) else differs(str(expected), str(got), "a different message", "str({})")

    def pairs(self, expected: Any, got: Any, rule: Equivalence) -> Iterable[tuple[int, Any, Any]]:
        return [(0, expected.args, got.args)]

    def shell(self, value: Any) -> Any:
        return None

    def fill(self, shell: Any, value: Any, items: list[Any]) -> Any:
        copied = self.cls.__new__(self.cls, *items[0])
        copied.args = items[0]
        return copied


add(_Error, BaseException, derived="all")
