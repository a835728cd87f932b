"""The JSON schema of all that `--json` writes: `python -m perfkit.report.schema` prints it."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

import msgspec

from perfkit.report.data.against import AgainstDocument
from perfkit.report.data.catalog import ExplainDocument, ListDocument
from perfkit.report.data.doctor import DoctorDocument
from perfkit.report.data.envelope import Data, ErrorDocument
from perfkit.report.data.profile import ProfileDocument
from perfkit.report.data.trap import TrapDocument
from perfkit.report.document import to_json
from perfkit.report.flat import SavedRun
from perfkit.result import Loops

__all__ = ["KINDS", "schema"]


class KnownEnvironment(TypedDict):
    """The machine, versions and settings of a command that ran to its end."""

    cpu: str
    cores: Loops
    memory_bytes: Loops | None
    system: str
    machine: str
    virtual: str
    python: str
    implementation: str
    numpy: str
    torch: str | None
    gpu: NotRequired[str]
    gpu_state: NotRequired[str]
    blas: str
    blas_threads: Loops | None
    load: list[float] | None
    threads: Loops | None


KINDS: dict[str, type] = {
    "compare": SavedRun,
    "list": ListDocument,
    "explain": ExplainDocument,
    "doctor": DoctorDocument,
    "profile": ProfileDocument,
    "against": AgainstDocument,
    "trap": TrapDocument,
    "error": ErrorDocument,
}


def schema() -> dict[str, Any]:
    """One definition a kind of document, and those of their parts."""
    kinds: dict[str, Any] = {**KINDS, "known_environment": KnownEnvironment}
    references, parts = msgspec.json.schema_components(
        kinds.values(), schema_hook=_of_any, ref_template="#/$defs/{name}"
    )
    for name, part in parts.items():
        if name != KnownEnvironment.__name__ and "properties" in part:
            part["additionalProperties"] = False
    for kind in _all_kinds(Data):
        if kind.__name__ in parts:  # what is made anew is written whole; what is read may be older
            part = parts[kind.__name__]
            part["required"] = list(part["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What every perfkit command writes with --json",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in KINDS],
        "$defs": dict(zip(kinds, references, strict=True)) | parts,
    }


def _of_any(kind: type) -> dict[str, Any]:
    """The schema of a value of any kind."""
    if kind is object:
        return {"description": "any value"}
    raise NotImplementedError(kind)


def _all_kinds(base: type[Data]) -> list[type[Data]]:
    return [base, *(below for kind in base.__subclasses__() for below in _all_kinds(kind))]


if __name__ == "__main__":
    print(to_json(schema()))
