"""Wrong: the last word is lost."""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, exact


def words_wrong(text: str) -> list[str]:
    return text.split()[:-1]


RECIPE = Recipe(
    id="words-wrong",
    target="kept",
    touches={"words"},
    apply=lambda ops: replace(ops, words=words_wrong),
    equivalence=exact(),
    status="beyond",
    workload="words",
)
