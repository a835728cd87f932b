"""Every command's JSON is what the schema says, and the schema can say no."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest

from perfkit.report.document import to_json
from perfkit.report.schema import KINDS, schema
from perfkit.result import VERDICTS

SCHEMA = schema()
CHECKER = jsonschema.Draft202012Validator(SCHEMA)


def kind(name: str) -> jsonschema.Draft202012Validator:
    """A validator for one kind of document alone: its errors name the place."""
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert [k["$ref"] for k in SCHEMA["anyOf"]] == [f"#/$defs/{name}" for name in KINDS]


def test_the_schema_is_printed_on_demand() -> None:
    done = subprocess.run([sys.executable, "-m", "perfkit.report.schema"], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == json.loads(to_json(SCHEMA))


@pytest.mark.parametrize(
    ("part", "field", "rule"),
    [
        ("Result", "noise_floor", {"type": "number", "minimum": 0}),
        ("Result", "verdict", {"enum": sorted(VERDICTS)}),
        ("Result", "recipes", {"type": "array", "items": {"type": "string"}}),
        ("Sample", "loops", {"type": "integer", "minimum": 1}),
        ("Speedup", "low", {"type": "number", "exclusiveMinimum": 0}),
    ],
)
def test_what_a_field_may_be_is_said_in_the_schema_as_it_is_checked(part: str, field: str, rule: Any) -> None:
    said = SCHEMA["$defs"][part]["properties"][field]
    assert rule in (said, *said.get("anyOf", ()))


@pytest.mark.usefixtures("doctor_in_short")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("list", ["list", "--json", "-"]),
        ("explain", ["explain", "rope-cache", "--json", "-"]),
        ("doctor", ["doctor", "--json", "-"]),
        ("profile", ["profile", "glassbox", "--size", "tiny", "--duration", "50ms", "--json", "-"]),
        ("error", ["compare", "--recipe", "rope-cach", "--json", "-"]),
        ("error", ["compare", "--threads", "0", "--json", "-"]),
        ("error", ["show", "nothing.json", "--json", "-"]),
    ],
)
def test_a_command_writes_what_the_schema_says(
    perfkit_processes: Any, perfkit_here: Any, name: str, words: list[str]
) -> None:
    start = perfkit_processes if name == "profile" else perfkit_here  # a profiler changes the process that it is in
    document = start(*words).json

    kind(name).validate(document)
    CHECKER.validate(document)
    if "environment" in document:  # a figure without its machine says nothing
        without = {**document, "environment": {**document["environment"]}}
        del without["environment"]["cpu"]
        assert not kind(name).is_valid(without)


@pytest.mark.slow
def test_a_comparison_writes_what_the_schema_says(perfkit_forked: Any, toy_catalog: Any) -> None:
    catalog = toy_catalog("plain_cube", "zeros", "raises", "unused")
    words = ["--catalog", catalog, "--all", "--quick", "--budget", "0.5s", "--processes", "2"]
    document = perfkit_forked("compare", "toy", *words, "--json", "-").json
    verdicts = {r["recipes"][0]: r["verdict"] for r in document["results"]}
    expected = {"toy/zeros": "rejected", "toy/raises": "rejected", "toy/unused": "not-exercised"}
    assert verdicts == {**expected, "toy/plain-cube": verdicts["toy/plain-cube"]}
    assert all(r["speedup"] for r in document["results"] if r["recipes"] == ["toy/plain-cube"])
    kind("compare").validate(document)
    kind("known_environment").validate(document["environment"])

    # and the schema can say no
    for number in range(len(document["results"])):
        for place, wrong in (("verdict", "fast"), ("noise_floor", -0.1), ("recipes", "one")):
            damaged = copy.deepcopy(document)
            damaged["results"][number][place] = wrong
            damaged["samples"] = damaged["samples"][:2]  # many, and right
            assert not kind("compare").is_valid(damaged)
    assert not kind("compare").is_valid({k: v for k, v in document.items() if k != "seed"})
