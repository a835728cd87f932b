"""A short conversation: `python -m perfkit.sample_targets.finite_memory [TURNS [CHECKPOINT]]`.

The messages are the bundled text, the answers those of a model that has learned nothing: what shows is the memory. Each
turn is remembered by the next policy. With CHECKPOINT a conversation goes on where that file ends, and is saved there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import checkpoint
from .backend import Backend
from .conversation import messages
from .errors import FiniteMemoryError
from .memory import POLICIES, FiniteMemory, Settings
from .tokenizer import BytePairTokenizer

_USAGE = "python -m perfkit.sample_targets.finite_memory [TURNS [CHECKPOINT]]"
_WIDTH = 60  # characters of a message that are shown


def main(words: list[str]) -> int:
    """0, or 1 after one line on why it went no further; 2 for other words than these."""
    if len(words) > 2 or (words and not (words[0].isascii() and words[0].isdigit() and 0 < int(words[0]) < 1000)):
        print(f"usage: {_USAGE}", file=sys.stderr)
        return 2
    turns, path = int(words[0]) if words else 10, Path(words[1]) if len(words) > 1 else None
    try:
        memory = FiniteMemory(Backend(BytePairTokenizer()), settings=Settings(budget=256))
        if path is not None and path.exists():
            checkpoint.load(memory, path)
        _converse(memory, turns)
        if path is not None:
            checkpoint.save(memory, path)
    except KeyboardInterrupt:
        print("interrupted, nothing is saved", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"{error.filename or path}: {error.strerror or error}", file=sys.stderr)
        return 1
    except FiniteMemoryError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _converse(memory: FiniteMemory, turns: int) -> None:
    first = memory.state.statistics.turns
    for turn, message in enumerate(messages(turns, 240, first), first):
        memory.policy = POLICIES[turn % len(POLICIES)]
        reply = memory.chat(message)
        counts = memory.state.statistics
        print(f"you   {_shown(message)}")
        print(f"model {_shown(reply)}")
        print(f"      {memory.policy}: {counts.retained} of {counts.seen} tokens held, {counts.evictions} gone\n")


def _shown(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
