"""What all documents but a run have in common."""

from __future__ import annotations

from typing import Any

from perfkit import __version__

__all__ = ["envelope"]


def envelope(command: str, /, **content: Any) -> dict[str, Any]:
    """The document of a command that measures no recipe: format, version, command, and its own content."""
    return {"format_version": 1, "perfkit": __version__, "command": command, **content}
