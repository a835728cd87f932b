"""What comes with the package when it is imported: the documented slow form."""

from __future__ import annotations

__all__ = ["first_imports"]


def first_imports() -> tuple[str, ...]:
    """Modules that are imported together with the package."""
    return ("torch", "sklearn.cluster", "sklearn.feature_extraction.text", "tokenizers")  # slow: whoever needs them
