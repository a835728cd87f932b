"""Begin the context anew every 128 bytes.

What it does
    Forgets all when the context is full, instead of the oldest byte: a prediction sees 64 bytes on average, not 128.

Why the baseline is slow
    Once the context is full, every byte takes a pass over all 128 positions.

When it loses
    In compression: the first bytes of each block are predicted from next to nothing. The ratio is in the same row. With
    absolute positions it is what a cache of keys and values needs: see `kv-cache`.

Source
    Beyond the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from perfkit.recipe import Recipe, new_format

from ...sample_targets.compressor.model import ByteTransformer
from ...sample_targets.compressor.ops import Context, Ops, Sliding, stream


class Blocks(Sliding):
    """The bytes of the block under way, of each stream."""

    def extend(self, symbols: Sequence[int]) -> None:
        """Add one byte to each of the first len(symbols) streams."""
        for history, symbol in zip(self.histories, symbols, strict=False):
            if len(history) == self.model.config.context:
                history[:] = [0]
            else:
                history.append(symbol)


@stream("blocks")
def context_in_blocks(ops: Ops, model: ByteTransformer, lanes: int) -> Context:
    """A new context of `lanes` streams."""
    return Blocks(ops, model, lanes)


RECIPE = Recipe(
    id="block-context",
    target="compressor",
    status="beyond",
    touches={"context"},
    apply=lambda ops: replace(ops, context=context_in_blocks),
    equivalence=new_format({"stream"}, why="other contexts give another stream; what comes back must be the same"),
)
