"""What an answer of a worker must look like: measured code shares its process, and may write where it should not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["read_answer"]

Types = type | tuple[type, ...]

_NUMBER = (int, float)
# request -> the fields of its answer; others may follow
_FIELDS: dict[str, dict[str, Types]] = {
    "open": {"resolution_ns": int},
    "inspect": {"call_ns": _NUMBER, "passes": int, "seams": dict, "busy": bool},
    "profile_open": {"pid": int, "seams": list},
    "profile_ready": {"calls": int},
    "profile_files": {"files": list},
    "profile_run": {"elapsed_ns": int, "raw": object, "spent": dict, "ends": object, "threads": object},
    "prove": {"checked_calls": int, "calls_of_one_instance": int, "awkward": int},
    "prove_seam": {"checked_calls": int, "calls_of_one_instance": int},
    "settle": {"left": list},
    "extremes_open": {"names": list},
    "extremes_expect": {"usable": bool, "elapsed_ns": int},
    "extremes_attempt": {"usable": bool, "difference": (dict, type(None)), "alone": bool},
    "limits": {"rates": dict, "costs": dict},
    "build": {"roles": dict, "warnings": list},
    "round": {"samples": list},
    "finish": {"checked_calls": dict, "calls": dict, "ratios": dict, "tails_ns": dict},
}
_REJECTED: dict[str, Types] = {
    "during": str,
    "role": str,
    "error": str,
    "reason": (str, type(None)),
    "difference": (dict, type(None)),
}
_ERROR: dict[str, Types] = {"message": str, "hint": str, "code": int}
_SAMPLE: dict[str, Types] = {"role": str, "position": int, "loops": int, "elapsed_ns": int, "flags": list}


def read_answer(line: bytes, do: str, number: int) -> dict[str, Any] | None:
    """The answer to request `number`, as {kind: content}; None where the line is not one, so somebody else wrote it.

    `kind` is ok, rejected or error. Beside it `threads`: what threads have raised, as `thread_errors` has it.
    """
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or answer.pop("number", None) != number:
        return None
    raised = answer.pop("threads", [])
    if len(answer) != 1 or not isinstance(raised, list) or not all(_is_raised(one) for one in raised):
        return None
    kind, content = next(iter(answer.items()))
    fields = {"ok": _FIELDS[do], "rejected": _REJECTED, "error": _ERROR}.get(kind)
    if fields is None or not _has(content, fields):
        return None
    if (kind, do) == ("ok", "round") and not all(_has(sample, _SAMPLE) for sample in content["samples"]):
        return None
    return {kind: content, "threads": raised}


def _is_raised(one: Any) -> bool:
    return isinstance(one, list) and [type(part) for part in one] == [str, str, int]


def _has(content: Any, fields: Mapping[str, Types]) -> bool:
    if not isinstance(content, dict):
        return False
    return all(name in content and isinstance(content[name], types) for name, types in fields.items())
