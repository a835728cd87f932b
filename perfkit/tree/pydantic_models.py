"""Models of pydantic, equal as pydantic says: by their fields, what was given beyond them, and private attributes."""

from __future__ import annotations

from typing import Any

import pydantic

from perfkit.tree.kind import OVERWRITTEN, Kind
from perfkit.tree.registry import add

__all__: list[str] = []

_BESIDE = ("__pydantic_extra__", "__pydantic_private__")  # what a model holds beside the fields in its `__dict__`
_GIVEN = "__pydantic_fields_set__"  # no part of equality, but of a copy


class _Model(Kind):
    def fields(self, value: Any) -> dict[str, Any]:
        beside = {name: getattr(value, name) for name in _BESIDE if getattr(value, name, None) is not None}
        return super().fields(value) | beside

    def shell(self, value: Any) -> Any:
        cls: Any = self.cls
        shell = cls.__new__(cls)  # past its validation
        object.__setattr__(shell, _GIVEN, set(getattr(value, _GIVEN, ())))
        for name in _BESIDE:
            object.__setattr__(shell, name, None)
        return shell

    def set_field(self, value: Any, name: str, field: Any) -> None:
        if name in _BESIDE:
            object.__setattr__(value, name, field)
        else:
            super().set_field(value, name, field)

    def overwrite(self, value: Any) -> bool:
        try:
            for name in super().fields(value):
                setattr(value, name, OVERWRITTEN)
        except Exception:  # frozen, or validated when it is assigned to
            return False
        return True


add(_Model, pydantic.BaseModel, derived="all")
