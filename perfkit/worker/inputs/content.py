"""What an argument holds: whether it can be copied, whether it is what it was, and how much memory it takes."""

from __future__ import annotations

import sys
import types
from hashlib import blake2b
from typing import Any

import msgspec
import numpy as np

from perfkit.tree import UnknownType
from perfkit.tree.plain import is_flat
from perfkit.tree.walk import Walk

__all__ = ["digest", "nbytes", "why_not_copied"]

_PLAIN = frozenset((int, float, complex, bool, str, bytes, type(None)))


def digest(value: Any) -> bytes | None:
    """Equal for values with equal contents, whatever their identity; None where a part is of an unknown type."""
    found = blake2b(digest_size=16)
    if is_flat(value):
        found.update(_packed(value))
        return found.digest()
    walk = Walk(value)
    for part, kind in walk:
        if kind is None:
            return None
        found.update(type(part).__qualname__.encode())
        if is_flat(part):
            found.update(_packed(part))
            walk.pass_over()
        elif kind.atom:
            known = type(part) in _PLAIN or isinstance(part, np.generic)
            found.update((repr(part) if known else str(id(part))).encode("utf-8", "surrogatepass"))
        elif isinstance(part, dict | set | frozenset):
            keys = [repr(key) for key in part if type(key) in _PLAIN]
            found.update(repr(keys if isinstance(part, dict) else sorted(keys)).encode("utf-8", "surrogatepass"))
        else:
            for array in kind.leaves(part):
                if isinstance(array, np.ndarray) and array.dtype.kind != "O":  # what objects hold comes in the walk
                    found.update(f"{array.dtype}{array.shape}".encode())
                    found.update(np.ascontiguousarray(array).view(np.uint8).data if array.size else b"")
    return found.digest()


def _packed(values: Any) -> bytes:
    """Their types and contents as bytes."""
    held = list(values)
    try:
        return msgspec.msgpack.encode(held)
    except (TypeError, ValueError, OverflowError):  # complex, half of a surrogate pair, or beyond 64 bits
        return repr(held).encode("utf-8", "surrogatepass")


def why_not_copied(value: Any, ops_type: type, where: str) -> str:
    """What of a value ties it to one instance, or is of an unknown type, in words; "" where it can be copied."""
    walk = Walk(value, where)
    for part, kind in walk:
        if isinstance(part, ops_type):
            return f"{walk.place} is the table of seams"
        if isinstance(part, types.MethodType) or (isinstance(part, types.FunctionType) and part.__closure__):
            return f"{walk.place} is a function that holds on to other values"
        if kind is None:
            unknown = UnknownType(type(part), walk.place)
            return f"{unknown.message}: {unknown.hint}"
        if is_flat(part):
            walk.pass_over()
    return ""


def nbytes(value: Any) -> int:
    """About how much memory a copy of a value takes."""
    total = 0
    walk = Walk(value)
    for part, kind in walk:
        if is_flat(part):
            total += sys.getsizeof(part) + sum(map(sys.getsizeof, part))
            walk.pass_over()
            continue
        own = 0 if kind is None or kind.atom else kind.size_bytes(part)
        total += own or sys.getsizeof(part, 64)
    return total
