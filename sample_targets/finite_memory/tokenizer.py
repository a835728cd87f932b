"""A real byte-pair tokenizer, trained on the bundled text when it is first needed: 8,000 entries in under a second."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from .conversation import text
from .errors import MissingPart, UnknownToken

__all__ = ["BytePairTokenizer", "PieceTokenizer", "trained"]

VOCABULARY = 8000  # beyond 9,158 the text has no more pairs to join


@cache
def trained(vocabulary: int = VOCABULARY) -> Any:
    """A `tokenizers.Tokenizer` of that size; equal text gives an equal one. Raises MissingPart."""
    try:
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    except ImportError as error:
        raise MissingPart("the tokenizer", "tokenizers", "pip install 'perfkit[finite-memory]'") from error
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocabulary, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([text()], trainer)
    return tokenizer


@cache
def _alphabet() -> dict[str, int]:
    """The byte that each letter of a byte-level token stands for: itself where it can be printed."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(b): b for b in plain} | {chr(256 + n): b for n, b in enumerate(others)}


class BytePairTokenizer:
    """Text to tokens and back. Each call goes through the library: a token alone costs some 1.5 µs to decode."""

    def __init__(self, vocabulary: int = VOCABULARY) -> None:
        self._tokenizer = trained(vocabulary)
        self.vocabulary: int = self._tokenizer.get_vocab_size()

    def encode(self, text: str) -> list[int]:
        """The tokens of a text."""
        tokens: list[int] = self._tokenizer.encode(text).ids
        return tokens

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens; bytes that are no UTF-8 become U+FFFD."""
        text: str = self._tokenizer.decode(tokens)
        return text

    def bytes_of(self, token: int) -> bytes:
        """The bytes that a token stands for; a letter beyond ASCII may be spread over several."""
        piece = self._tokenizer.id_to_token(token)
        return b"" if piece is None else bytes(_alphabet()[letter] for letter in piece)

    def check(self, tokens: Sequence[int]) -> None:
        """Raise UnknownToken where one is not of the vocabulary: the library would leave it out in silence."""
        for token in tokens:
            if not 0 <= token < self.vocabulary:
                raise UnknownToken(f"{token} is no token of a vocabulary of {self.vocabulary:,}")


class PieceTokenizer(BytePairTokenizer):
    """As BytePairTokenizer, with every token's text in a list: decoding one is cheap."""

    def __init__(self, vocabulary: int = VOCABULARY) -> None:
        super().__init__(vocabulary)
        self._pieces = [self._tokenizer.decode([token]) for token in range(self.vocabulary)]

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens, each decoded by itself."""
        if len(tokens) == 1:
            piece: str = self._pieces[tokens[0]]
            return piece
        return "".join([self._pieces[token] for token in tokens])
