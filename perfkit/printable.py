"""Text from outside (a file's name), made fit for one line of a terminal."""

from __future__ import annotations

__all__ = ["printable"]


def printable(text: object) -> str:
    """`text` with what a terminal would act on (escape characters, line ends) written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
