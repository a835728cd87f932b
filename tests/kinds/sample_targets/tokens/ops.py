"""The seams of tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KINDS = {"split": "call"}


def split(line):
    """line -> its words, by any white space."""
    words = []
    word = ""
    for letter in line:
        if letter in " \t\n":
            if word:
                words.append(word)
            word = ""
        else:
            word += letter
    if word:
        words.append(word)
    return words


@dataclass(frozen=True)
class Ops:
    split: Callable[..., Any] = split
