"""The language model, the tokenizer and the embedders: each against another way to the same."""

from __future__ import annotations

import builtins
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from perfkit.recipes.finite_memory import parallel_embeddings_processes
from perfkit.recipes.finite_memory.parallel_embeddings_processes import HelperFailed, Helpers
from perfkit.recipes.finite_memory.parallel_embeddings_threads import embed_by_threads
from perfkit.sample_targets.finite_memory.backend import Backend, generate
from perfkit.sample_targets.finite_memory.conversation import messages, text
from perfkit.sample_targets.finite_memory.embedding import HashingEmbedder, MiniLMEmbedder, RemoteEmbedder
from perfkit.sample_targets.finite_memory.errors import MissingPart, UnknownToken
from perfkit.sample_targets.finite_memory.hub import from_folder
from perfkit.sample_targets.finite_memory.memory import FiniteMemory
from perfkit.sample_targets.finite_memory.model import TINY, LanguageModel, make_model
from perfkit.sample_targets.finite_memory.ops import BASELINE
from perfkit.sample_targets.finite_memory.server import EmbeddingServer, byte_counts
from perfkit.sample_targets.finite_memory.tokenizer import BytePairTokenizer, PieceTokenizer


def test_the_small_model_is_as_documented() -> None:
    layer = 4 * 64 * 64 + 4 * 64 + 8 * 64 * 64 + 5 * 64 + 4 * 64

    assert make_model(TINY, 0).parameter_count == (8000 + 8192) * 64 + 2 * layer + 2 * 64


def test_tokens_one_by_one_give_what_all_at_once_give(model: LanguageModel) -> None:
    tokens = torch.arange(40, 52)[None]
    whole = model(tokens, every=True, attentions=True)
    past, found = None, []
    for i in range(tokens.shape[1]):
        answer = model(tokens[:, i : i + 1], past)
        past, found = answer.past, [*found, answer.logits[0, 0]]

    assert torch.allclose(torch.stack(found), whole.logits[0], rtol=1e-10)
    assert all(torch.allclose(a.sum(-1), torch.ones_like(a.sum(-1))) for a in whole.attentions)
    assert not whole.attentions[-1].triu(1).any()
    assert torch.allclose(model(tokens).logits[0, 0], whole.logits[0, -1], rtol=1e-10)


def test_more_tokens_than_positions_are_an_error(model: LanguageModel) -> None:
    with pytest.raises(ValueError, match="8193 tokens are more than the model's 8192 positions"):
        model(torch.zeros((1, 8193), dtype=torch.int64))


def test_an_answer_hangs_on_context_and_turn_alone(backend: Backend) -> None:
    context = backend.encode("What is said.")

    first = generate(backend, context, 5, 1)

    assert generate(backend, context, 5, 1) == first
    assert generate(backend, context, 5, 2) != first
    assert generate(backend, [], 5, 1) == generate(backend, context, 0, 1) == []


def test_text_comes_back_from_its_tokens(tokenizer: BytePairTokenizer) -> None:
    for sample in (text()[:5000], "żółć \U0001f600\x00 é", " \n\n"):
        tokens = tokenizer.encode(sample)
        assert tokenizer.decode(tokens) == sample
        assert b"".join(map(tokenizer.bytes_of, tokens)).decode() == sample
    assert tokenizer.vocabulary == 8000


def test_the_cheap_decoder_gives_the_same_for_each_token(tokenizer: BytePairTokenizer) -> None:
    cheap = PieceTokenizer()

    assert [cheap.decode([t]) for t in range(8000)] == [tokenizer.decode([t]) for t in range(8000)]


def test_messages_are_the_text(tokenizer: BytePairTokenizer) -> None:
    found = messages(3, 100, 5)

    assert all(100 <= len(m) < 160 for m in found)
    assert all(m in text() for m in found)
    assert messages(1, 100, 6) == found[1:2]


def test_an_embedding_is_the_same_in_any_batch() -> None:
    embedder, said = HashingEmbedder(), messages(5, 200, 0)

    assert np.array_equal(embedder.embed(said), np.concatenate([embedder.embed([m]) for m in said]))
    assert embedder.embed([]).shape == (0, 1024)


@pytest.fixture
def server() -> Any:
    server = EmbeddingServer(0.0)
    yield server
    server.close()


def test_a_server_embeds_for_one_and_for_four_at_once(server: EmbeddingServer) -> None:
    embedder, said = RemoteEmbedder(server.port), messages(9, 60, 0)

    expected = np.array([byte_counts(m) for m in said])

    assert np.array_equal(BASELINE.embed_texts(embedder, said), expected)
    assert np.array_equal(embed_by_threads(embedder, said), expected)


def test_a_server_that_is_gone_is_an_error_in_every_form() -> None:
    server = EmbeddingServer(0.0)
    server.close()

    for form in (BASELINE.embed_texts, embed_by_threads):
        with pytest.raises(OSError, match="refused"):
            form(RemoteEmbedder(server.port), ["a", "b"])


def test_helper_processes_embed_alike_and_end() -> None:
    helpers, embedder, said = Helpers(), HashingEmbedder(), messages(5, 200, 0)

    assert np.array_equal(helpers(embedder, said), BASELINE.embed_texts(embedder, said))

    with pytest.raises(HelperFailed, match=r"AttributeError: .*'NoneType'|ValueError"):
        helpers(embedder, ["fine", None])  # type: ignore[list-item]
    assert np.array_equal(helpers(embedder, said), BASELINE.embed_texts(embedder, said))
    running, other = list(parallel_embeddings_processes._running), Helpers()
    helpers.close()
    assert [helper.poll() for helper in running] == [None, None]  # the other may still ask
    other.close()
    assert all(helper.returncode is not None for helper in running)
    assert parallel_embeddings_processes._running == []


@pytest.mark.parametrize(
    ("module", "make", "says"),
    [
        ("sklearn", HashingEmbedder, r"embedding needs scikit-learn, .*perfkit\[finite-memory\]"),
        ("transformers", lambda: from_folder(Path("none")), "Hugging Face needs transformers, which is not there: pip"),
        ("sentence_transformers", lambda: MiniLMEmbedder(Path("none")), "MiniLM needs sentence-transformers, which"),
    ],
)
def test_what_is_missing_is_said_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, module: str, make: Any, says: str
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == module:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(MissingPart, match=says):
        make()


class _Transformers:
    """What `hub` asks of transformers, over our own model and tokenizer."""

    def __init__(self, model: LanguageModel, tokenizer: BytePairTokenizer) -> None:
        self.model, self.tokenizer = model, tokenizer
        self.AutoModelForCausalLM = self.AutoTokenizer = self

    def from_pretrained(self, folder: str, *, local_files_only: bool, attn_implementation: str = "") -> Any:
        assert local_files_only
        return self if attn_implementation else _Words(self.tokenizer)

    def eval(self) -> Any:
        def call(tokens: Any, past_key_values: Any, use_cache: bool, output_attentions: bool) -> Any:
            answer = self.model(tokens, past_key_values, every=True, attentions=output_attentions)
            return SimpleNamespace(
                logits=answer.logits, past_key_values=answer.past, attentions=answer.attentions or None
            )

        return call


class _Words:
    def __init__(self, tokenizer: BytePairTokenizer) -> None:
        self.tokenizer = tokenizer

    def __len__(self) -> int:
        return self.tokenizer.vocabulary

    def encode(self, text: str, add_special_tokens: bool) -> list[int]:
        return [] if add_special_tokens else self.tokenizer.encode(text)

    def decode(self, tokens: list[int], clean_up_tokenization_spaces: bool) -> str:
        return self.tokenizer.decode(tokens)


def test_a_model_of_a_folder_takes_the_place_of_ours(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "transformers", _Transformers(backend.model, backend.tokenizer))
    with pytest.raises(MissingPart, match=r"needs .*config\.json, which is not there: name a folder"):
        from_folder(tmp_path)
    (tmp_path / "config.json").write_text("{}")

    tokenizer, model = from_folder(tmp_path)
    hub = Backend(tokenizer, model)

    for policy in ("importance", "sliding"):
        ours, theirs = FiniteMemory(backend, policy=policy), FiniteMemory(hub, policy=policy)
        for message in messages(2, 90, 4):
            assert theirs.chat(message) == ours.chat(message)
        assert theirs.state == ours.state
    with pytest.raises(UnknownToken):
        theirs.remember([8000])


def test_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, perfkit.sample_targets.finite_memory as it; heavy = {'torch', 'sklearn', 'tokenizers', 'numpy'}; "
        "print(sorted(heavy & set(sys.modules)), sorted(it.__all__)); it.FiniteMemory"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[] ['Backend', 'BytePairTokenizer', 'FiniteMemory', 'Settings']\n"
