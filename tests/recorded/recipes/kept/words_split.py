"""Let the text split itself."""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def words_split(text: str) -> list[str]:
    return [word for word in text.split(" ") if word]


RECIPE = Recipe(
    id="words-split",
    target="kept",
    touches={"words"},
    apply=lambda ops: replace(ops, words=words_split),
    equivalence=exact(),
    status="beyond",
    workload="words",
)
