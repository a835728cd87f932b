"""Trees of the standard library: syntax trees of `ast`, elements of XML."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ElementTree
from typing import Any

from perfkit.tree.kind import Kind
from perfkit.tree.registry import add, register

__all__: list[str] = []


class _Node(Kind):
    def shell(self, value: Any) -> Any:
        cls: Any = self.cls
        return cls.__new__(cls)


def _element_state(element: Any) -> tuple[Any, ...]:
    return element.tag, element.text, element.tail, dict(element.attrib), list(element)


def _element(state: tuple[Any, ...]) -> Any:
    tag, text, tail, attributes, children = state
    element = ElementTree.Element(tag, attributes)
    element.text, element.tail = text, tail
    element.extend(children)
    return element


add(_Node, ast.AST, derived="all")
register(ElementTree.Element, _element_state, _element)
