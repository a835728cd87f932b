"""Embed with two processes of this machine.

What it does
    Two interpreters that embed one half of the texts each. They are started at the first call, serve every table of
    this process, and end with the last of them. An error of one reaches the caller.

Why the baseline is slow
    It uses one processor.

When it loses
    With few or short texts, and in the first call, which waits for two interpreters to import scikit-learn. On two
    processors it cannot reach 2x.

Source
    The notes of the finite-memory wrapper, optimisation 11: `Pool(processes=4)` for CPU-bound work. Here the processes
    stay, and their number is that of the processors most machines have at least.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from dataclasses import replace
from typing import IO, Any

import numpy as np

from perfkit.recipe import Claim, Recipe, exact

from ...sample_targets.finite_memory.ops import Embeds, HashingEmbedder, Vectors, embed_texts

PROCESSES = 2
# one line of JSON in, one line about the answer and its bytes out, until the input ends
PROGRAM = """
import json, sys
from {module} import HashingEmbedder
out = sys.stdout.buffer
for line in sys.stdin.buffer:
    request = json.loads(line)
    try:
        embedder = HashingEmbedder(request["width"])
        data = b"".join(embedder.embed([text])[0].tobytes() for text in request["texts"])
        said = {{"bytes": len(data)}}
    except Exception as error:
        data, said = b"", {{"error": type(error).__name__ + ": " + str(error)}}
    out.write(json.dumps(said).encode() + b"\\n" + data)
    out.flush()
"""


class HelperFailed(RuntimeError):
    """What a helper process could not do."""


_running: list[subprocess.Popen[bytes]] = []
_users: set[int] = set()  # the ids of all Helpers that are not closed
_asking = threading.Lock()


class Helpers:
    """The helper processes; called as `embed_texts` is, and closed when nobody will."""

    def __init__(self) -> None:
        _users.add(id(self))
        self.close = weakref.finalize(self, _leave, id(self))

    def __call__(self, embedder: Embeds, texts: Sequence[str]) -> Vectors:
        """(n, D) float64: the embedding of each text; of other embedders than hashed words as documented."""
        if not isinstance(embedder, HashingEmbedder) or len(texts) < PROCESSES:
            return embed_texts(embedder, texts)
        step = -(-len(texts) // PROCESSES)
        parts = [texts[start : start + step] for start in range(0, len(texts), step)]
        with _asking:
            _start()
            for helper, part in zip(_running, parts, strict=False):
                _tell(helper, {"width": embedder.width, "texts": list(part)})
            answers = [_hear(helper) for helper, _ in zip(_running, parts, strict=False)]
        for answer in answers:  # all are heard first, so that none answers the next question with this one's
            if isinstance(answer, str):
                raise HelperFailed(answer)
        return np.concatenate([np.frombuffer(a, np.float64) for a in answers]).reshape(-1, embedder.width)  # type: ignore[arg-type]


def _start() -> None:
    if any(helper.poll() is not None for helper in _running):
        _end()
    while len(_running) < PROCESSES:
        program = PROGRAM.format(module=HashingEmbedder.__module__)
        _running.append(
            subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        )


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise HelperFailed("a helper without a pipe")
    return stream


def _tell(helper: subprocess.Popen[bytes], request: dict[str, Any]) -> None:
    pipe = _pipe(helper.stdin)
    pipe.write(json.dumps(request).encode("ascii") + b"\n")
    pipe.flush()


def _hear(helper: subprocess.Popen[bytes]) -> bytes | str:
    """The bytes that a helper answers, or what went wrong in it."""
    pipe = _pipe(helper.stdout)
    line = pipe.readline()
    if not line:
        return f"a helper has ended with exit code {helper.wait()}"
    said = json.loads(line)
    return str(said["error"]) if "error" in said else pipe.read(int(said["bytes"]))


def _leave(user: int) -> None:
    _users.discard(user)
    if not _users:
        _end()


def _end() -> None:
    """End the helpers and let go of their pipes."""
    while _running:
        helper = _running.pop()
        helper.kill()
        helper.wait()
        for pipe in (helper.stdin, helper.stdout):
            with contextlib.suppress(OSError):  # what it no longer reads cannot be flushed
                _pipe(pipe).close()


RECIPE = Recipe(
    id="parallel-embeddings-processes",
    target="finite-memory",
    touches={"embed_texts"},
    apply=lambda ops: replace(ops, embed_texts=Helpers()),
    children=2,
    claim=Claim(
        text="2-4x faster with multiprocessing",
        measure="speed-up",
        low=2,
        high=4,
        workload="embeddings-local",
        source="finite-memory notes, optimisation 11",
    ),
    equivalence=exact(),
)
