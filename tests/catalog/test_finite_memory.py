"""The recipes of the finite-memory wrapper: each is proven where it is measured, and what was shipped wrong is refused.

On every workload they are proven under `make long`, as those of the other targets are in test_recipes.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits

from perfkit.catalog import open_catalogs
from perfkit.catalog.read_files import RecipeEntry
from perfkit.protocol.proving import Prove
from perfkit.sources.catalog import CatalogSource
from perfkit.worker.guard import Rejected
from perfkit.worker.proof.call import Tally
from perfkit.worker.proof.variant import prove_workload
from perfkit.worker.side_effects import acquaint

ENTRIES = open_catalogs().of_target("finite-memory")
RIGHT = [pytest.param(e, id=e.recipe.id) for e in ENTRIES if e.recipe.status != "rejected"]
_IN_A_ROW = 16  # calls, as quick checks of the other targets have them
_SLOW = ("lazy-imports", "parallel-embeddings-processes")  # they start interpreters


@pytest.fixture(scope="module")
def loaded() -> Iterator[CatalogSource]:
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as perfkit's workers have it: many tests may run at once
    with threadpool_limits(1):
        yield CatalogSource([], "finite-memory", seed=0)
    torch.set_num_threads(threads)


def proven(loaded: CatalogSource, workload: str, recipe: str, soak_s: float = 0.0) -> Tally:
    acquaint(loaded, workload)  # as a session does: what a first call imports may draw random numbers
    proof = Prove(workload=workload, on=(), recipes=(recipe,), at_size=False, soak=_IN_A_ROW, soak_s=soak_s)
    return prove_workload(loaded, proof)


def _workload(entry: RecipeEntry) -> str:
    claim = entry.recipe.claim
    return entry.recipe.workload or (claim.workload if claim else "boundaries")


@pytest.mark.slow
@pytest.mark.parametrize("entry", [p for p in RIGHT if p.id not in _SLOW])
def test_it_is_proven_where_it_is_measured(loaded: CatalogSource, entry: RecipeEntry) -> None:
    workload, name = _workload(entry), entry.recipe.full_id

    assert proven(loaded, workload, name).checked_calls >= 15


@pytest.mark.slow
@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ("token-decode-cache-as-shipped", "a different value at output['boundaries']: expected 625, got 2"),
        ("lazy-spans-as-shipped", "a different value at output['spans']: expected 32, got 1"),
    ],
)
def test_what_was_shipped_wrong_is_refused(loaded: CatalogSource, recipe: str, says: str) -> None:
    entry = open_catalogs().recipe(recipe)
    workload = _workload(entry)

    with pytest.raises(Rejected) as refused:
        proven(loaded, workload, entry.recipe.full_id)

    assert says in str(refused.value)


def test_there_are_as_many_as_the_notes_claim() -> None:
    statuses = [e.recipe.status for e in ENTRIES]

    assert statuses.count("rejected") == 2
    assert statuses.count("corrected") == 1
    assert statuses.count("documented") >= 17


@pytest.mark.slow
def test_where_a_recipe_is_never_called_one_call_must_do(loaded: CatalogSource) -> None:
    recipe = "finite-memory/maxlen-evicts"

    assert proven(loaded, "knapsack", recipe).checked_calls == 1
    assert proven(loaded, "knapsack", recipe, soak_s=0.01).checked_calls > 1  # it is to be measured there
    assert proven(loaded, "chat", recipe).checked_calls > 1  # two policies slide
