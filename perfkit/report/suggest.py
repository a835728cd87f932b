"""Commands that perfkit suggests work when they are pasted: they find the catalogues that the user's own one named."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Sequence

__all__ = ["catalog_words", "with_catalogs"]

_READS_CATALOGS = re.compile(r"\bperfkit (?:compare|profile|explain|list|new recipe)\b(?! …)")


def catalog_words(words: Sequence[str]) -> list[str]:
    """The `--catalog DIR` of a command line, once each."""
    folders = []
    for word, following in itertools.pairwise([*words, ""]):
        if word == "--catalog" and following:
            folders.append(following)
        elif word.startswith("--catalog="):
            folders.append(word.partition("=")[2])
    return [word for folder in dict.fromkeys(folders) for word in ("--catalog", folder)]


def with_catalogs(text: str, words: Sequence[str]) -> str:
    """`text` with the catalogues of a command line in each perfkit command that needs them and names none."""
    catalogs = shlex.join(catalog_words(words))
    if not catalogs or "--catalog" in text:
        return text
    return _READS_CATALOGS.sub(lambda command: f"{command[0]} {catalogs}", text)
