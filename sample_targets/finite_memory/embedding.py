"""What turns texts into vectors: hashed words, a server over the network, or a MiniLM of the user's."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .errors import MissingPart

__all__ = ["Embeds", "HashingEmbedder", "MiniLMEmbedder", "RemoteEmbedder"]

Vectors = NDArray[np.float64]


class Embeds(Protocol):
    """Texts in, vectors out."""

    width: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, width) float64."""


class HashingEmbedder:
    """scikit-learn's HashingVectorizer: words and pairs of them, hashed. A text gets the same vector in any batch."""

    def __init__(self, width: int = 1024) -> None:
        try:
            from sklearn.feature_extraction.text import HashingVectorizer
        except ImportError as error:
            raise MissingPart("embedding", "scikit-learn", "pip install 'perfkit[finite-memory]'") from error
        self.width = width
        self._vectorizer = HashingVectorizer(n_features=width, ngram_range=(1, 2))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, width) float64, each of length 1 or 0."""
        if not texts:
            return np.empty((0, self.width))
        found: Vectors = self._vectorizer.transform(texts).toarray()
        return found


class RemoteEmbedder:
    """Asks a server (`server`), one request a call. Raises OSError where it does not answer."""

    def __init__(self, port: int, width: int = 256, timeout_s: float = 10.0) -> None:
        self.width = width
        self.port = port
        self._timeout_s = timeout_s

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, width) float64."""
        body = json.dumps(list(texts)).encode("utf-8")
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/embed", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310 - the scheme stands above
            return np.array(json.loads(answer.read()), np.float64).reshape(-1, self.width)


class MiniLMEmbedder:
    """A sentence-transformers model in a local folder; nothing is downloaded. Batches round otherwise: *close*."""

    def __init__(self, folder: Path) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingPart("MiniLM", "sentence-transformers", "pip install sentence-transformers") from error
        if not folder.is_dir():
            raise MissingPart("MiniLM", str(folder), "name a folder that holds the model")
        self._model: Any = SentenceTransformer(str(folder), local_files_only=True)
        self.width: int = self._model.get_sentence_embedding_dimension()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, width) float64."""
        return np.asarray(self._model.encode(list(texts), batch_size=32), np.float64)
