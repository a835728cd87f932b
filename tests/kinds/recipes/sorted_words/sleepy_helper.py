"""On import it gives the target a helper that sleeps, and is measured against that."""

import time
from dataclasses import replace

from perfkit.recipe import Recipe, exact

from ...sample_targets.sorted_words import ops as ops_module

CAUGHT = (
    r"patch|sabotag|tamper|slowed|modif|(chang|replac)\w* .*(code|module|global|builtin|"
    r"librar|function|method|default|class|clock)|ending"
)


def slow(word, _real=ops_module.ending):
    time.sleep(1e-6)
    return _real(word)


ops_module.ending = slow


def g(words):
    return sorted(words, key=lambda word: word.lower()[::-1])


RECIPE = Recipe(
    id="sleepy-helper",
    target="sorted-words",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
