from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from threadpoolctl import threadpool_limits

from perfkit.sample_targets.finite_memory.backend import Backend
from perfkit.sample_targets.finite_memory.model import Config, LanguageModel, make_model
from perfkit.sample_targets.finite_memory.tokenizer import BytePairTokenizer


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As perfkit's workers have it: many tests may run at once."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tokenizer() -> BytePairTokenizer:
    return BytePairTokenizer()


@pytest.fixture(scope="session")
def model() -> LanguageModel:
    """As small as it gets."""
    return make_model(Config(width=8, layers=2, heads=2), seed=0)


@pytest.fixture
def backend(tokenizer: BytePairTokenizer, model: LanguageModel) -> Backend:
    return Backend(tokenizer, model)
