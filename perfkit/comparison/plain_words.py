"""A comparison of functions in the words of whoever wrote them: there is no target, no recipe and no seam. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from perfkit.errors import PerfkitError, WorkFailed
from perfkit.result import CutShort, Document, Result

__all__ = ["about_functions", "in_plain_words", "plain_errors"]

_WORDS = (
    ("about the target: ", "about the baseline: "),
    (", candidate, ", ", "),
    ("(`observe` of a target, --equal for functions)", "(--equal)"),
    (" (`observe` of a target may pick them), compare functions with --equal", ", compare with --equal"),
    ("measure a larger --size", "larger inputs are surer"),
    ("try a smaller --size", "try smaller inputs"),
    ("a smaller model fits: --size tiny", "smaller inputs may fit"),
    ("a smaller --size", "smaller inputs"),
    ("counting pass", "first calls"),
    ("while counting the seams: ", "during the first calls: "),
)
_DOING = (
    (re.compile(r"^counting the seams of .*"), "first calls of the baseline"),
    (re.compile(r"^proving (.*) on call$"), r"proving \1"),
    (re.compile(r"^macro / (.*) / made / (\w+) / bare(?=: )"), r"\1, \2"),
)
_PASSES = re.compile(r"\bclose\(([^)]*)\) would pass")


def in_plain_words(text: str) -> str:
    """What is said of a function, or of what is being done with it, without the words of a catalogue."""
    for ours, theirs in _WORDS:
        text = text.replace(ours, theirs)
    for pattern, words in _DOING:
        text = pattern.sub(words, text)
    return _PASSES.sub(lambda found: f"--close {found[1].replace(' ', '')} would pass", text)


def about_functions(document: Document) -> Document:
    """The document in these words."""
    return replace(
        document,
        results=tuple(map(_row, document.results)),
        warnings=tuple(map(in_plain_words, document.warnings)),
        reached=in_plain_words(document.reached),
    )


@contextmanager
def plain_errors() -> Iterator[None]:
    """Whatever fails inside is told in these words, and so is the document of what it has cut short."""
    try:
        yield
    except WorkFailed as failed:
        failed.message = in_plain_words(failed.message)
        raise
    except CutShort as cut:
        if isinstance(cut.error, PerfkitError):
            cut.error.message = in_plain_words(cut.error.message)
        raise CutShort(cut.error, about_functions(cut.document)) from cut.error


def _row(r: Result) -> Result:
    proof = replace(r.proof, detail=in_plain_words(r.proof.detail))
    return replace(r, note=in_plain_words(r.note), proof=proof)
