"""Switches a profile hook on that its own frames switch off."""

import sys
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "profile|trace|hook"


def hook(frame, event, arg):
    return None


def g(words):
    sys.setprofile(None)
    out = sorted(words, key=lambda word: word.lower()[::-1])
    sys.setprofile(hook)
    return out


RECIPE = Recipe(
    id="profile-hook",
    target="sorted-words",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
