"""A model and tokenizer of the Hugging Face format, from a folder of the user's. Nothing is downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import MissingPart, UnknownToken
from .model import Answer

__all__ = ["HubModel", "HubTokenizer", "from_folder"]


class HubTokenizer:
    """As BytePairTokenizer, by a tokenizer of transformers."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.vocabulary: int = len(tokenizer)

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without those that a model wants around it."""
        return list(self._tokenizer.encode(text, add_special_tokens=False))

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""
        return str(self._tokenizer.decode(list(tokens), clean_up_tokenization_spaces=False))

    def bytes_of(self, token: int) -> bytes:
        """The bytes that a token stands for."""
        return self.decode([token]).encode("utf-8")

    def check(self, tokens: Sequence[int]) -> None:
        """Raise UnknownToken where one is not of the vocabulary."""
        for token in tokens:
            if not 0 <= token < self.vocabulary:
                raise UnknownToken(f"{token} is no token of a vocabulary of {self.vocabulary:,}")


class HubModel:
    """As LanguageModel, by a causal model of transformers. It gives all logits, whatever is asked for."""

    def __init__(self, model: Any) -> None:
        self._model = model.eval()

    def __call__(self, tokens: Any, past: Any = None, *, every: bool = False, attentions: bool = False) -> Answer:
        """Pass tokens (B, Q) that come after `past`, which is what an earlier answer held."""
        import torch

        with torch.inference_mode():
            found = self._model(tokens, past_key_values=past, use_cache=True, output_attentions=attentions)
        logits = found.logits if every else found.logits[:, -1:]
        return Answer(logits, found.past_key_values, tuple(found.attentions or ()))


def from_folder(folder: Path) -> tuple[HubTokenizer, HubModel]:
    """The tokenizer and model of a folder. Raises MissingPart."""
    try:
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise MissingPart("a model of Hugging Face", "transformers", "pip install transformers") from error
    if not (folder / "config.json").is_file():
        raise MissingPart("a model of Hugging Face", f"{folder}/config.json", "name a folder that holds a model")
    model = AutoModelForCausalLM.from_pretrained(str(folder), local_files_only=True, attn_implementation="eager")
    return HubTokenizer(AutoTokenizer.from_pretrained(str(folder), local_files_only=True)), HubModel(model)
