"""A conversation as a file: JSON, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .errors import BadCheckpoint, UnknownToken
from .memory import POLICIES, FiniteMemory, State, Statistics

__all__ = ["load", "save"]

VERSION = 1


def save(memory: FiniteMemory, path: Path) -> None:
    """Write a conversation. Raises OSError, and leaves what was there before."""
    state = memory.state
    content = {
        "format": "finite-memory",
        "version": VERSION,
        "policy": memory.policy,
        "max_tokens": memory.settings.max_tokens,
        "buffer": list(state.buffer),
        "scores": sorted(state.scores.items()),
        "summaries": state.summaries,
        "unsummed": state.unsummed,
        "statistics": asdict(state.statistics),
    }
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".json", delete=False, encoding="ascii") as file:
        try:
            json.dump(content, file, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def load(memory: FiniteMemory, path: Path) -> None:
    """Go on where a file ends. Raises BadCheckpoint or OSError: the memory is then as it was."""
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadCheckpoint(f"{path}: not a checkpoint: {error}") from error
    if not isinstance(content, dict) or content.get("format") != "finite-memory":
        raise BadCheckpoint(f"{path}: not a checkpoint of this program")
    if content.get("version") != VERSION:
        raise BadCheckpoint(f"{path}: a checkpoint of version {content.get('version')!r}; this program reads {VERSION}")
    if content.get("max_tokens") != memory.settings.max_tokens:
        raise BadCheckpoint(
            f"{path}: of a memory of {content.get('max_tokens')!r} tokens, not {memory.settings.max_tokens}"
        )
    try:
        state, policy = _state(content), content["policy"]
        memory.backend.check([*state.buffer, *state.scores, *(t for summary in state.summaries for t in summary)])
    except (KeyError, TypeError, ValueError, UnknownToken) as error:
        raise BadCheckpoint(f"{path}: damaged: {error}") from error
    memory.state, memory.policy = state, policy


def _state(content: dict[str, Any]) -> State:
    """The state that a file describes; ValueError, KeyError or TypeError where it describes none."""
    if content["policy"] not in POLICIES:
        raise ValueError(f"{content['policy']!r} is no policy")
    buffer, counts = _tokens(content["buffer"]), dict(content["statistics"])
    if len(buffer) > content["max_tokens"]:
        raise ValueError(f"{len(buffer)} tokens in a memory of {content['max_tokens']}")
    policies = {str(name): _whole(count) for name, count in dict(counts.pop("policies")).items()}
    return State(
        buffer=deque(buffer, maxlen=content["max_tokens"]),
        scores={_whole(token): float(score) for token, score in content["scores"]},
        summaries=[_tokens(summary) for summary in content["summaries"]],
        unsummed=_whole(content["unsummed"]),
        statistics=Statistics(**{name: _whole(count) for name, count in counts.items()}, policies=policies),
    )


def _tokens(values: Any) -> list[int]:
    return [_whole(value) for value in values]


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no whole number from 0")
    return value
